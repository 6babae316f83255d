// What Slack checks in a message before it takes it: Block Kit's own limits (reference pages of each block and object, read 2026-11).
// The receiver refuses with Slack's words; `problems` says in ours what is wrong, for tests.
import * as z from 'zod';

const ACTIONS_MAX = 25;
const text = (type: 'plain_text' | 'mrkdwn', most: number) => z.strictObject({
  type: z.literal(type), text: z.string().min(1).max(most), ...(type === 'plain_text' ? { emoji: z.boolean().optional() } : { verbatim: z.boolean().optional() }),
});
const either = (most: number) => z.union([text('plain_text', most), text('mrkdwn', most)]);
const blockId = z.string().max(255).optional();

const confirm = z.strictObject({ title: text('plain_text', 100), text: either(300), confirm: text('plain_text', 30), deny: text('plain_text', 30), style: z.enum(['primary', 'danger']).optional() });
const button = z.strictObject({
  type: z.literal('button'), text: text('plain_text', 75), action_id: z.string().min(1).max(255), value: z.string().max(2000).optional(),
  url: z.string().max(3000).optional(), style: z.enum(['primary', 'danger']).optional(), confirm: confirm.optional(), accessibility_label: z.string().max(75).optional(),
});
const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), block_id: blockId, text: text('plain_text', 150) }),
  z.strictObject({ type: z.literal('section'), block_id: blockId, text: either(3000).optional(), fields: z.array(either(2000)).min(1).max(10).optional(), accessory: button.optional() })
    .refine(({ text: own, fields }) => own !== undefined || fields !== undefined, 'a section needs text or fields'),
  z.strictObject({ type: z.literal('actions'), block_id: blockId, elements: z.array(button).min(1).max(ACTIONS_MAX) })
    .refine(({ elements }) => new Set(elements.map((element) => element.action_id)).size === elements.length, 'action ids must differ'),
  z.strictObject({ type: z.literal('context'), block_id: blockId, elements: z.array(either(3000)).min(1).max(10) }),
  z.strictObject({ type: z.literal('divider'), block_id: blockId }),
]);
const TS = z.string().regex(/^\d{10}\.\d{6}$/);

export const messageForm = z.object({
  channel: z.string().min(1), text: z.string().max(40_000).default(''), blocks: z.array(block).max(50).default([]),
  thread_ts: TS.optional(), ts: TS.optional(), unfurl_links: z.boolean().optional(), reply_broadcast: z.boolean().optional(),
  metadata: z.strictObject({ event_type: z.string().min(1).max(255), event_payload: z.record(z.string(), z.unknown()) }).optional(),
}).refine(({ blocks }) => new Set(blocks.flatMap((one) => one.block_id ?? [])).size === blocks.filter((one) => one.block_id !== undefined).length, 'block ids must differ');
export type TakenMessage = z.infer<typeof messageForm>;

/** In words, with paths; empty when Slack would take it. */
export function problems(message: unknown): readonly string[] {
  const found = messageForm.safeParse(message);
  return found.success ? [] : found.error.issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`);
}

/** The error that Slack gives. */
export function refusal(message: unknown): string | undefined {
  const found = messageForm.safeParse(message);
  if (found.success) return found.data.text === '' && found.data.blocks.length === 0 ? 'no_text' : undefined;
  const fields = new Set(found.error.issues.map((issue) => issue.path[0]));
  if (fields.has('channel')) return 'channel_not_found';
  if (fields.has('text')) return 'msg_too_long';
  if (fields.has('thread_ts')) return 'invalid_thread_ts';
  if (fields.has('metadata')) return 'invalid_metadata_format';
  return fields.has('ts') ? 'message_not_found' : 'invalid_blocks';
}
