// The workflow as it is drawn, read from the very YAML that is deployed: blocks of states in their order, and where branches run beside
// each other, a lane for each. Pass states that only carry data are left out; they take no time. Pure.

export interface StateFields {
  readonly Type: string; readonly Comment?: string;
  readonly Branches?: readonly Machine[]; readonly ItemProcessor?: Machine;
}
export interface Machine { readonly Comment?: string; readonly States: Readonly<Record<string, StateFields>> }

export interface OutlineState { readonly name: string; readonly kind: 'step' | 'question' | 'wait' | 'end'; readonly comment: string }
export interface Lane { readonly title: string; readonly states: readonly OutlineState[] }
/** `beside`: its lanes run at the same time, within the state of this name. */
export interface Block { readonly beside: string | null; readonly comment: string; readonly lanes: readonly Lane[] }
export interface Outline { readonly name: string; readonly comment: string; readonly blocks: readonly Block[] }

const KINDS: Readonly<Record<string, OutlineState['kind']>> = { Task: 'step', Choice: 'question', Wait: 'wait', Succeed: 'end', Fail: 'end' };

export function outline(name: string, machine: Machine): Outline {
  const blocks: Block[] = [];
  let open: OutlineState[] = [];
  const close = (): void => {
    if (open.length > 0) blocks.push({ beside: null, comment: '', lanes: [{ title: '', states: open }] });
    open = [];
  };
  for (const [state, fields] of Object.entries(machine.States)) {
    const inner = fields.Branches ?? (fields.ItemProcessor === undefined ? undefined : [fields.ItemProcessor]);
    if (inner === undefined) {
      open.push(...drawn(state, fields));
      continue;
    }
    close();
    blocks.push({ beside: state, comment: fields.Comment ?? '', lanes: inner.flatMap((branch) => lanes(branch)) });
  }
  close();
  return { name, comment: machine.Comment ?? '', blocks };
}

/** A branch is a lane; a Map within it is a lane of its own, named after the Map. */
function lanes(branch: Machine): readonly Lane[] {
  const entries = Object.entries(branch.States);
  const nested = entries.flatMap(([name, { ItemProcessor }]) => (ItemProcessor === undefined ? [] : [{ title: name, states: flat(ItemProcessor) }]));
  const own = entries.filter(([, { ItemProcessor }]) => ItemProcessor === undefined).flatMap(([name, fields]) => drawn(name, fields));
  return [...nested, ...(own.length === 0 ? [] : [{ title: own[0]?.name ?? '', states: own }])];
}

const flat = ({ States }: Machine): readonly OutlineState[] => Object.entries(States).flatMap(([name, fields]) => drawn(name, fields));

function drawn(name: string, { Type, Comment = '' }: StateFields): readonly OutlineState[] {
  const kind = KINDS[Type];
  return kind === undefined ? [] : [{ name, kind, comment: Comment }];
}
