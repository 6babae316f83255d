// What serverless.yml includes. CommonJS because osls loads it with require(); Node 24 requires the TypeScript as it is.
const { functionsOf } = require('./functions.ts');
const { outputsOf, resourcesOf } = require('./stack.ts');
const { readNetworks } = require('./network.ts');
const { allRegions, readPlans, refuseToDeploy } = require('./plans.ts');

/** The region of this stack must be one that the configuration names. */
function place(options) {
  const plans = readPlans();
  if (process.argv.includes('deploy')) refuseToDeploy(plans);
  const regions = allRegions(plans);
  const region = options.region;
  if (!regions.includes(region)) throw new Error(`--region ${region ?? '(missing)'}: hotshift.yml has ${regions.join(', ')}`);
  return { region, plans, networks: readNetworks(plans) };
}

module.exports.functions = ({ options }) => {
  const { region, plans, networks } = place(options);
  return functionsOf(region, plans, networks[region]);
};
module.exports.resources = ({ options }) => {
  const { region, plans, networks } = place(options);
  return { Resources: resourcesOf(region, plans, networks), Outputs: outputsOf(region, plans, networks) };
};
