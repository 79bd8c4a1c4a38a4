/**
 * Holds the tables of docs/reference.md against what pkg-template/index.d.ts says. A table stands between
 * `<!-- NAME -->` and `<!-- end -->`, where NAME is an interface, a type of the declarations, or `functions`.
 *
 * node reference.mjs <repository> <folder whose node_modules holds typescript-5.9>
 *
 * With LINK_WIDGET_WRITE in the environment it writes them again.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [root, packages] = process.argv.slice(2);
// The last TypeScript whose compiler can be called from JavaScript.
const ts = createRequire(join(packages, '/'))('typescript-5.9');

const declarations = join(root, 'pkg-template/index.d.ts');
const source = ts.createSourceFile(
  'index.d.ts',
  await readFile(declarations, 'utf8'),
  ts.ScriptTarget.Latest,
  true,
);

/** What the comment above a node says, up to its first tag. */
function said(node) {
  const comments = node.jsDoc ?? ts.getJSDocCommentsAndTags(node);
  const comment = comments.at(-1)?.comment;
  // A link is a part of its own, of which the last name is shown.
  const shown = (part) =>
    ts.isJSDocLink(part) ? code(/\w+$/.exec(part.name?.getText() ?? part.text)?.[0] ?? '') : part.text;
  const text = typeof comment === 'string' ? comment : (comment ?? []).map(shown).join('');
  // The first paragraph.
  return text
    .split(/\n\s*\n/)[0]
    .replace(/\s+/g, ' ')
    .trim();
}

/** The comment between one part of a union and the one before, which the compiler gives to no node. */
function between(start, end) {
  const comment = source.text.slice(start, end).match(/\/\*\*([\s\S]*?)\*\//)?.[1] ?? '';
  return comment.replace(/\s+\*?\s*/g, ' ').trim();
}

/** Without the `undefined` that a question mark says as well. */
const withoutUndefined = (text) =>
  text.replace(/^\((.*)\) \| undefined$/, '$1').replaceAll(' | undefined', '');
const code = (text) => `\`${withoutUndefined(text).replace(/\s+/g, ' ').replaceAll('|', '\\|')}\``;
const inCell = (text) => text.replaceAll('|', '\\|');

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const members = (nodes) =>
  table(
    ['name', 'type', 'what it is'],
    nodes
      .filter((node) => node.name)
      .map((node) => {
        const optional = node.questionToken ? '?' : '';
        const type = ts.isMethodSignature(node) ? `() => ${node.type.getText()}` : node.type.getText();
        return [code(node.name.getText() + optional), code(type), inCell(said(node))];
      }),
  );

const literals = (union) =>
  table(
    ['value', 'what it means'],
    union.types.map((type, index) => {
      const comment = between(index ? union.types[index - 1].end : union.pos, type.end);
      return [code(type.getText().replaceAll("'", '')), inCell(comment)];
    }),
  );

/** The parts of a union that differ in their first field, such as `type`: by that, what else each has. */
function variants(union, heads) {
  const rows = union.types.map((part) => {
    const [first, ...rest] = part.members;
    const fields = rest.map((field) => code(field.name.getText() + (field.questionToken ? '?' : '')));
    return [code(first.type.getText().replaceAll("'", '')), fields.join(', '), inCell(said(first))];
  });
  return table(heads, rows);
}

/** A part of the declarations in one line, without its comments. */
const printer = ts.createPrinter({ removeComments: true });
const printed = (node) => printer.printNode(ts.EmitHint.Unspecified, node, source);

function functions() {
  const rows = source.statements.filter(ts.isFunctionDeclaration).map((node) => {
    const parameters = node.parameters.map(printed).join(', ');
    return [code(`${node.name.text}(${parameters})`), code(printed(node.type)), inCell(said(node))];
  });
  return table(['function', 'returns', 'what it does'], rows);
}

function tableOf(name) {
  if (name === 'functions') return functions();
  const node = source.statements.find((statement) => statement.name?.text === name);
  if (!node) throw new Error(`index.d.ts declares no ${name}, of which docs/reference.md has a table`);
  if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) return members(node.members);
  if (ts.isUnionTypeNode(node.type))
    return ts.isTypeLiteralNode(node.type.types[0])
      ? variants(node.type, ['kind', 'with', 'when'])
      : literals(node.type);
  const parts = node.type.types.map((part) => (ts.isParenthesizedTypeNode(part) ? part.type : part));
  const union = parts.find(ts.isUnionTypeNode);
  return union
    ? variants(union, ['type', 'with', 'when'])
    : members(parts.find(ts.isTypeLiteralNode).members);
}

const path = join(root, 'docs/reference.md');
const old = await readFile(path, 'utf8');
const now = old.replace(
  /<!-- (\w+) -->\n[\s\S]*?<!-- end -->/g,
  (_, name) => `<!-- ${name} -->\n${tableOf(name)}\n<!-- end -->`,
);
if (process.env.LINK_WIDGET_WRITE) await writeFile(path, now);
else if (now !== old) {
  console.error('docs/reference.md is old: LINK_WIDGET_WRITE=1 cargo xtask test types');
  process.exit(1);
}
