// Which AWS calls can a function send? Found in its source, not in its tests: from the handler over everything that it can reach,
// by TypeScript's own type checker. A call of a port (`ports.leases.read`) leads to the methods that implement it, and to these only.
import { join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..', '..', '..');

export interface SdkCall { readonly client: string; readonly command: string }

/** The prefix of a client's actions in IAM, where it is not the client's own name. */
const PREFIXES: Readonly<Record<string, string>> = { 'route-53': 'route53', eventbridge: 'events', 'secrets-manager': 'secretsmanager', sfn: 'states', 'auto-scaling': 'autoscaling', 'application-auto-scaling': 'application-autoscaling', 'elastic-load-balancing-v2': 'elasticloadbalancing', 'service-quotas': 'servicequotas' };
/** What AWS asks for beside the action that is called: tags given at creation need the right to tag (Service Authorization Reference). */
const BESIDE: Readonly<Record<string, string>> = { 'rds:CreateDBInstanceReadReplica': 'rds:AddTagsToResource' };

/** Where the right of a call has another name than the call (Service Authorization Reference). */
const RENAMED: Readonly<Record<string, string>> = { 'lambda:Invoke': 'lambda:InvokeFunction', 's3:GetObjectLockConfiguration': 's3:GetBucketObjectLockConfiguration', 's3:GetPublicAccessBlock': 's3:GetBucketPublicAccessBlock' };

/** The rights that a call needs, in IAM's words. */
export function actionsOf({ client, command }: SdkCall): readonly string[] {
  const called = `${PREFIXES[client] ?? client}:${command}`;
  const action = RENAMED[called] ?? called;
  return BESIDE[action] === undefined ? [action] : [action, BESIDE[action]];
}

/** The whole program of the handlers, checked once: it takes seconds. */
export class SourceCalls {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;
  /** `Interface.member` -> the functions that object literals of that interface give for it. */
  readonly #implementations = new Map<string, ts.Node[]>();

  constructor(names: readonly string[]) {
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as { readonly config: { readonly compilerOptions: object } };
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
    this.#program = ts.createProgram(names.map((name) => join(root, 'functions', name, 'handler.ts')), { ...options, noEmit: true });
    this.#checker = this.#program.getTypeChecker();
    for (const file of this.#program.getSourceFiles()) if (isOurs(file)) this.#collectImplementations(file);
  }

  /** All SDK commands that the function's handler can send. */
  of(name: string): readonly SdkCall[] {
    const handler = this.#program.getSourceFile(join(root, 'functions', name, 'handler.ts'));
    if (handler === undefined) throw new Error(`functions/${name} has no handler`);
    return this.#reached([handler]);
  }

  /** All SDK commands that a method of a port can send, whoever calls it: `leases.read`. The port's interface is what `domain/` says it is. */
  ofPort(port: string): readonly SdkCall[] {
    const [name = '', method = ''] = port.split('.');
    const implementations = this.#portTypes(name).flatMap((type) => this.#implementations.get(`${type}.${method}`) ?? []);
    if (implementations.length === 0) throw new Error(`no adapter implements ${port}`);
    return this.#reached(implementations);
  }

  /** The names of the interfaces that a field of that name has in the domain's bundles of ports (`Ports`, `DrillPorts` and so on). */
  #portTypes(name: string): readonly string[] {
    const bundles = this.#program.getSourceFiles().filter(isOurs).flatMap((file) => file.statements.filter(ts.isInterfaceDeclaration)).filter((one) => /^\w*Ports$/.test(one.name.text));
    return bundles.flatMap(({ members }) => members.filter(ts.isPropertySignature)).filter((member) => ts.isIdentifier(member.name) && member.name.text === name && member.type !== undefined)
      .map(({ type }) => type!.getText()).concat(name === 'rehearsals' ? ['RehearsalStore'] : []);
  }

  #reached(from: readonly ts.Node[]): readonly SdkCall[] {
    const found = new Map<string, SdkCall>();
    const seen = new Set<ts.Node>();
    const open: ts.Node[] = [...from];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      this.#visit(node, open, found);
    }
    return [...found.values()];
  }

  #visit(node: ts.Node, open: ts.Node[], found: Map<string, SdkCall>): void {
    if (ts.isNewExpression(node)) {
      const call = this.#sdkCommand(node.expression);
      if (call !== undefined) found.set(`${call.client} ${call.command}`, call);
    }
    if (ts.isIdentifier(node) && !ts.isImportSpecifier(node.parent)) open.push(...this.#targets(node));
    ts.forEachChild(node, (child) => {
      // What a port can do is not yet done: a method of one is entered when it is called, not when it is made.
      if (this.#implementationName(child) === undefined) this.#visit(child, open, found);
    });
  }

  #collectImplementations(node: ts.Node): void {
    const name = this.#implementationName(node);
    if (name !== undefined) this.#implementations.set(name, [...(this.#implementations.get(name) ?? []), node]);
    ts.forEachChild(node, (child) => { this.#collectImplementations(child); });
  }

  /** `Interface.member` for a member of an object literal that is there because one of our interfaces wants it. */
  #implementationName(node: ts.Node): string | undefined {
    if (!ts.isMethodDeclaration(node) && !ts.isPropertyAssignment(node) && !ts.isShorthandPropertyAssignment(node)) return undefined;
    if (!ts.isObjectLiteralExpression(node.parent) || !ts.isIdentifier(node.name)) return undefined;
    const member = this.#checker.getContextualType(node.parent)?.getProperty(node.name.text);
    return member === undefined ? undefined : interfaceMember(member);
  }

  /** The declarations of ours that an identifier stands for; for a member of an interface, its implementations. */
  #targets(node: ts.Identifier): readonly ts.Node[] {
    let symbol = this.#checker.getSymbolAtLocation(node);
    if (symbol === undefined) return [];
    if ((symbol.flags & ts.SymbolFlags.Alias) !== 0) symbol = this.#checker.getAliasedSymbol(symbol);
    const member = interfaceMember(symbol);
    if (member !== undefined) return this.#implementations.get(member) ?? [];
    return (symbol.declarations ?? []).filter((declaration) => isOurs(declaration.getSourceFile())
      && (ts.isFunctionDeclaration(declaration) || ts.isVariableDeclaration(declaration) || ts.isMethodDeclaration(declaration) || ts.isClassDeclaration(declaration)));
  }

  #sdkCommand(expression: ts.Expression): SdkCall | undefined {
    if (!ts.isIdentifier(expression) || !expression.text.endsWith('Command')) return undefined;
    const declared = this.#checker.getSymbolAtLocation(expression)?.declarations?.[0];
    if (declared === undefined || !ts.isImportSpecifier(declared)) return undefined;
    const from = declared.parent.parent.parent.moduleSpecifier;
    const client = ts.isStringLiteral(from) ? /^@aws-sdk\/client-(.+)$/.exec(from.text)?.[1] : undefined;
    return client === undefined ? undefined : { client, command: (declared.propertyName ?? declared.name).text.replace(/Command$/, '') };
  }
}

const isOurs = (file: ts.SourceFile): boolean => !file.isDeclarationFile && !file.fileName.includes('/node_modules/');

/** Functions only: a field of an interface that holds data leads nowhere. */
function interfaceMember(symbol: ts.Symbol): string | undefined {
  const declaration = symbol.declarations?.find((one) => ts.isMethodSignature(one) || (ts.isPropertySignature(one) && one.type !== undefined && ts.isFunctionTypeNode(one.type)));
  if (declaration === undefined || !ts.isInterfaceDeclaration(declaration.parent) || !isOurs(declaration.getSourceFile())) return undefined;
  return `${declaration.parent.name.text}.${symbol.name}`;
}
