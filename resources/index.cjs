// What serverless.yml includes. CommonJS because osls loads it with require(); Node 24 requires the TypeScript as it is.
const { functionsOf, resourcesOf } = require('./stack.ts');
const { allRegions, readPlans } = require('./plans.ts');

/** The region of this stack must be one that the configuration names. */
function place(options) {
  const plans = readPlans();
  const regions = allRegions(plans);
  const region = options.region;
  if (!regions.includes(region)) throw new Error(`--region ${region ?? '(missing)'}: hotshift.yml has ${regions.join(', ')}`);
  return { region, plans };
}

module.exports.functions = ({ options }) => {
  const { plans } = place(options);
  return functionsOf(plans);
};
module.exports.resources = ({ options }) => {
  const { region, plans } = place(options);
  return { Resources: resourcesOf(region, plans) };
};
