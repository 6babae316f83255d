// The URL by which Slack reaches `hear`: in all three places, so that it can be turned to another one when a region is lost. Slack
// knows one URL at a time; the witness's is the one that an outage of the pair does not take along (docs/decisions/0009).
import type { Json } from './cloudformation.ts';
import { openUrl } from './function-url.ts';
import { listening, type Plans } from './plans.ts';

/** The function behind the URL. */
export const EAR_FUNCTION = 'hear';

export const hasEar = (plans: Plans): boolean => listening(plans).length > 0;

export const earResources = (plans: Plans): Json => (!hasEar(plans) ? {} : {
  // Slack signs with a secret of its own and not with AWS's signature: the function checks that before it reads anything else.
  ...openUrl(EAR_FUNCTION),
});

export const earOutputs = (plans: Plans): Json => (!hasEar(plans) ? {} : {
  SlackRequestUrl: { Description: 'Request URL of the Slack app, for interactivity and for /hotshift. The witness\'s, unless that region is lost', Value: { 'Fn::GetAtt': ['HearUrl', 'FunctionUrl'] } },
});
