/**
 * The project's own sources as the house's tests look at them: which files there are, what each imports, which names
 * it takes from outside itself, and the texts in it. Read from the syntax tree, so comments do not count.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { parseSync } from "vite";

/** The project's top directory. */
export const projectRoot = resolve(import.meta.dirname, "../..");

export interface Import {
  /** A path from the project's top for the project's own files ("app/engine/host.ts"), else the package's name. */
  target: string;
  /** Nothing of it is left once types are erased. */
  typesOnly: boolean;
  line: number;
}

export interface Reference {
  /** "document", or with its member "Math.random". */
  name: string;
  line: number;
}

export interface Text {
  /** A string's or a template's; what a template puts in is "…". */
  text: string;
  /** It is the message of an error that a program's fault throws: `new Error("…")` and its built-in kinds. */
  ofFault: boolean;
  line: number;
}

export interface SourceModule {
  /** From the project's top, with slashes. */
  path: string;
  imports: Import[];
  /** Uses of names that the file neither declares nor imports. */
  globals: Reference[];
  /** Strings and templates, those of types and imports left out. */
  texts: Text[];
  hasDefaultExport: boolean;
}

type Node = { type: string; start: number } & Record<string, unknown>;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "type") === "string";
}

/** The files below `directory` whose name matches, by path from the project's top. */
export function listSources(directory: string, name: RegExp): string[] {
  return readdirSync(join(projectRoot, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** The text of a file, by path from the project's top. */
export function readSource(path: string): string {
  return readFileSync(join(projectRoot, path), "utf8");
}

function children(node: Node): Node[] {
  return Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]).filter(isNode));
}

/** Expressions that carry a type beside them; all other "TS…" nodes are types alone. */
const typedExpressions = new Set(["TSAsExpression", "TSNonNullExpression", "TSSatisfiesExpression"]);

function isErased(node: Node): boolean {
  return node.type.startsWith("TS") && !typedExpressions.has(node.type);
}

/** Keys under which an Identifier is a mere name, not a use of a variable. */
function isNameOnly(parent: Node, child: Node): boolean {
  if (parent.computed === true) return false;
  return (
    (parent.type === "MemberExpression" && parent.property === child) ||
    (parent.key === child && parent.value !== child) ||
    parent.type.startsWith("Export") ||
    parent.type.startsWith("Import") ||
    parent.type === "MetaProperty"
  );
}

/** The names that a pattern binds: "a", "{ a, b: [c] }", "a = 1", "...rest". */
function boundNames(pattern: unknown): string[] {
  if (!isNode(pattern)) return [];
  if (pattern.type === "Identifier") return [String(pattern.name)];
  if (pattern.type === "AssignmentPattern") return boundNames(pattern.left);
  if (pattern.type === "Property") return boundNames(pattern.value);
  return children(pattern)
    .filter((child) => !isErased(child))
    .flatMap(boundNames);
}

/** The names that a node brings into being for the code around or inside it. */
function declaredNames(node: Node): string[] {
  if (/^Import\w*Specifier$/.test(node.type)) return boundNames(node.local);
  if (node.type === "CatchClause") return boundNames(node.param);
  const id = /Declarat|Function|Class/.test(node.type) ? boundNames(node.id) : [];
  const parameters = Array.isArray(node.params) ? node.params.flatMap(boundNames) : [];
  return [...id, ...parameters];
}

/** The text of a node that is a string or a template. */
function textOf(node: Node): string | null {
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type !== "TemplateLiteral") return null;
  const parts = node.quasis as { value: { cooked: string } }[];
  return parts.map(({ value }) => value.cooked).join("…");
}

/** Errors of the language: ours have codes. */
function isFault(node: Node): boolean {
  return (
    node.type === "NewExpression" &&
    isNode(node.callee) &&
    /^(?:Range|Type)?Error$/.test(String(node.callee.name))
  );
}

/** Reads one TypeScript file, given its path from the project's top. Throws when it does not parse. */
export function readModule(path: string): SourceModule {
  return parseModule(path, readSource(path));
}

/** As readModule, for a text that would stand at `path`. */
export function parseModule(path: string, text: string): SourceModule {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const lineOf = ({ start }: Node) => text.slice(0, start).split("\n").length;
  const imports: Import[] = [];
  const declared = new Set<string>();
  const used: Reference[] = [];
  const texts: Text[] = [];
  let hasDefaultExport = false;

  const addImport = (node: Node, typesOnly: boolean) => {
    const specifier = isNode(node.source) ? String(node.source.value) : "";
    if (specifier === "") return;
    const target = specifier.startsWith(".")
      ? relative(projectRoot, resolve(projectRoot, dirname(path), specifier))
          .split(sep)
          .join("/")
      : specifier;
    imports.push({ target, typesOnly, line: lineOf(node) });
  };
  const visit = (node: Node, parent: Node | undefined, inTypes: boolean, ofFault: boolean) => {
    const kinds = [node.importKind, node.exportKind];
    const specifiers = (Array.isArray(node.specifiers) ? node.specifiers : []) as Node[];
    const allTypes =
      specifiers.length > 0 && specifiers.every((s) => s.importKind === "type" || s.exportKind === "type");
    if (/^(?:Import|Export)\w*Declaration$/.test(node.type)) {
      addImport(node, kinds.includes("type") || allTypes);
    }
    if (node.type === "ImportExpression") addImport(node, false);
    if (node.type === "TSImportType") addImport(node, true);
    if (node.type === "ExportDefaultDeclaration") hasDefaultExport = true;
    for (const name of declaredNames(node)) declared.add(name);
    const isUse = node.type === "Identifier" && parent && !isNameOnly(parent, node);
    if (isUse && !inTypes) {
      const member =
        parent.type === "MemberExpression" && parent.object === node && isNode(parent.property)
          ? `.${parent.property.name}`
          : "";
      used.push({ name: `${node.name}${member}`, line: lineOf(node) });
    }
    const said = inTypes || node === parent?.source ? null : textOf(node);
    if (said !== null) texts.push({ text: said, ofFault, line: lineOf(node) });
    for (const child of children(node)) {
      visit(child, node, inTypes || isErased(child), ofFault || isFault(node));
    }
  };
  visit(program as unknown as Node, undefined, false, false);
  const globals = used.filter(({ name }) => !declared.has(name.split(".")[0] ?? ""));
  return { path, imports, globals, texts, hasDefaultExport };
}
