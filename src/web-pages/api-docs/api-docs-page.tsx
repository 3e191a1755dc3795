import { htmlDocument, reportStyle } from '../../reports/index.ts';
import { pageStyle } from '../page-style.ts';
import { Bar } from '../page-layout.tsx';

/** The parts of an OpenAPI 3.1 document that the page shows. */
export interface ApiDescription {
  info: { title: string; version: string; description: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, ApiOperation>>;
  'x-error-catalogue': { code: string; status: number; nb: string; en: string; source?: string }[];
}

interface ApiOperation {
  tags: string[];
  summary: string;
  operationId: string;
  description: string;
  parameters: { name?: string; in?: string; required?: boolean; description?: string; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema: Schema }> }>;
}

interface Schema {
  type?: string | string[];
  format?: string;
  pattern?: string;
  description?: string;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  required?: string[];
  examples?: unknown[];
}

const docsStyle = `
.docs h2 { margin: 2.2rem 0 .5rem; font-size: 1.25rem; }
.docs h3 { font-size: .95rem; margin: 1rem 0 .3rem; }
.docs .tags { display: flex; flex-wrap: wrap; gap: .25rem 1.2rem; padding: 0; list-style: none; }
.docs .operation { border-bottom: 1px solid var(--line); }
.docs .operation:last-child { border-bottom: 0; }
.docs summary { cursor: pointer; padding: .55rem .25rem; display: grid; grid-template-columns: 4.6rem minmax(0, 1fr); gap: .1rem .6rem; align-items: baseline; }
.docs summary small { grid-column: 2; color: var(--quiet); font-size: .9rem; }
.docs .method { font: 700 .78rem/1.4 var(--sans); text-align: center; border: 1px solid currentcolor; border-radius: 4px; color: var(--accent); }
.docs .path { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", Consolas, monospace; font-size: .92rem; overflow-wrap: anywhere; }
.docs .inside { padding: 0 .25rem 1rem 5.45rem; }
.docs .schema { list-style: none; margin: 0; padding: 0 0 0 .9rem; border-left: 1px solid var(--line); font-size: .92rem; }
.docs > .schema, .docs .inside > .schema { padding-left: 0; border: 0; }
.docs .schema li { padding: .12rem 0; overflow-wrap: anywhere; }
.docs .kind, .docs .about { color: var(--quiet); }
.docs .must { color: var(--warn-ink); font-size: .82rem; }
.docs pre { background: var(--band); border-radius: 6px; padding: .7rem .9rem; overflow-x: auto; font-size: .88rem; margin: .3rem 0; }
.docs .errors { overflow-x: auto; }
@media (max-width: 46rem) { .docs .inside { padding-left: .25rem; } }
`;

const LINE = /^- (.*)$/;

/** The API to read: every endpoint with parameters, shapes, access and errors. All in one page, without a script. */
export function apiDocsPage(named: ApiDescription) {
  const document = resolved(named, named) as ApiDescription;
  const conventions = (document.info.description.split('## Errors')[0] ?? '').replaceAll('\n  ', ' ').split('\n');
  return htmlDocument(
    'en',
    'API – Hovedbok',
    [reportStyle, pageStyle, docsStyle],
    <>
      <Bar language="en" signedIn={null} />
      <main class="wrap docs" id="content">
        <h1>Hovedbok API</h1>
        <p class="lead">
          {`Version ${document.info.version}, made from the schemas that validate requests. For programs: `}
          <a href="/api/v2/openapi.json">openapi.json</a> (OpenAPI 3.1).
        </p>
        <ul>
          {conventions.flatMap((line) => {
            const found = LINE.exec(line);
            return found ? [<li>{withCode(found[1]!)}</li>] : [];
          })}
        </ul>
        <nav aria-label="Sections">
          <ul class="tags">
            {document.tags.map(({ name }) => (
              <li>
                <a href={`#${anchor(name)}`}>{name}</a>
              </li>
            ))}
            <li>
              <a href="#errors">Errors</a>
            </li>
          </ul>
        </nav>
        {document.tags.map(({ name }) => (
          <Section name={name} document={document} />
        ))}
        <Errors catalogue={document['x-error-catalogue']} />
      </main>
    </>,
  );
}

/** The document with what its references name in their place. None of the shapes holds itself. */
function resolved(value: unknown, document: object): unknown {
  if (Array.isArray(value)) return value.map((each) => resolved(each, document));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref, ...own } = value as { $ref?: unknown };
  if (typeof $ref !== 'string')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner, document)]));
  const names = $ref.replace('#/', '').split('/');
  const target = names.reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], document);
  return { ...(resolved(target, document) as object), ...own };
}

function Section({ name, document }: { name: string; document: ApiDescription }) {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags.includes(name))
      .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  return (
    <section>
      <h2 id={anchor(name)}>{name}</h2>
      <div class="sheet">
        {operations.map(({ path, method, operation }) => (
          <details class="operation" id={anchor(operation.operationId)}>
            <summary>
              <span class="method">{method}</span>
              <span class="path">{path}</span>
              <small>{operation.summary}</small>
            </summary>
            <Operation path={path} method={method} operation={operation} />
          </details>
        ))}
      </div>
    </section>
  );
}

function Operation({ path, method, operation }: { path: string; method: string; operation: ApiOperation }) {
  const named = operation.parameters.filter((parameter) => parameter.in !== 'header');
  const [bodyType, body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const [status, success] = Object.entries(operation.responses).find(([code]) => code.startsWith('2')) ?? [];
  const refusals = Object.keys(operation.responses).filter((code) => !code.startsWith('2'));
  return (
    <div class="inside">
      <p>{withCode(operation.description)}</p>
      {named.length > 0 && (
        <>
          <h3>Parameters</h3>
          <ul class="schema">
            {named.map((parameter) => (
              <Field
                name={parameter.name!}
                schema={{
                  ...parameter.schema,
                  ...(parameter.description ? { description: parameter.description } : {}),
                }}
                required={parameter.required === true}
              />
            ))}
          </ul>
        </>
      )}
      {body && (
        <>
          <h3>{`Body, ${bodyType}`}</h3>
          <Fields schema={body.schema} />
        </>
      )}
      <h3>{`Answer ${status}, ${Object.keys(success?.content ?? {}).join(', ') || 'no content'}`}</h3>
      {Object.entries(success?.content ?? {}).map(([, { schema }]) => (
        <Fields schema={schema} />
      ))}
      <p class="about">{`Refusals: ${refusals.filter((code) => code !== 'default').join(', ')}`}</p>
      <pre tabindex={0} aria-label="Example">
        {`curl -H "Authorization: Bearer $TOKEN"${method === 'GET' ? '' : ` -X ${method}`}${bodyType === 'application/json' ? " -H 'Content-Type: application/json' -d '{…}'" : ''} '$BASE${path}${requiredQuery(named)}'`}
      </pre>
    </div>
  );
}

function requiredQuery(parameters: ApiOperation['parameters']): string {
  const wanted = parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
  return wanted.length > 0 ? `?${wanted.map(({ name }) => `${name}=…`).join('&')}` : '';
}

/** The fields of an object, or of the objects in a list. */
function Fields({ schema }: { schema: Schema }) {
  const object = schema.properties ? schema : schema.items?.properties ? schema.items : null;
  if (!object) return schema.type === 'string' && !schema.enum ? <></> : <p class="kind">{kindOf(schema)}</p>;
  return (
    <ul class="schema">
      {Object.entries(object.properties!).map(([name, field]) => (
        <Field name={name} schema={field} required={object.required?.includes(name) === true} />
      ))}
    </ul>
  );
}

function Field({ name, schema, required }: { name: string; schema: Schema; required: boolean }) {
  const inner = innerOf(schema);
  return (
    <li>
      <code>{name}</code> <span class="kind">{kindOf(schema)}</span>
      {required && <span class="must"> required</span>}
      {schema.description && <span class="about">{` – ${schema.description}`}</span>}
      {inner && <Fields schema={inner} />}
    </li>
  );
}

function innerOf(schema: Schema): Schema | null {
  if (schema.properties) return schema;
  if (schema.items) return innerOf(schema.items);
  for (const choice of schema.anyOf ?? []) {
    const inner = innerOf(choice);
    if (inner) return inner;
  }
  return null;
}

function kindOf(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf) return [...new Set(schema.anyOf.map(kindOf))].join(' or ');
  if ([schema.type].flat()[0] === 'array') return `list of ${schema.items ? kindOf(schema.items) : 'values'}`;
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : schema.type;
  return schema.format ? `${type} (${schema.format})` : (type ?? 'any value');
}

function Errors({ catalogue }: { catalogue: ApiDescription['x-error-catalogue'] }) {
  return (
    <section>
      <h2 id="errors">Errors</h2>
      <p class="lead">
        Every refusal has the body <code>{'{"error", "message", "status", "details": {"code", "fields"}}'}</code>.{' '}
        <code>details.code</code> is one of these.
      </p>
      <div class="sheet errors" tabindex={0} role="region" aria-label="Error codes">
        <table>
          <thead>
            <tr>
              <th scope="col">Code</th>
              <th scope="col">Status</th>
              <th scope="col">Sentence</th>
              <th scope="col">Source</th>
            </tr>
          </thead>
          <tbody>
            {catalogue.map(({ code, status, nb, en, source }) => (
              <tr id={anchor(code)}>
                <th scope="row">
                  <code>{code}</code>
                </th>
                <td>{status}</td>
                <td>
                  {en}
                  <span class="sub" lang="nb">
                    {nb}
                  </span>
                </td>
                <td>{source}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Text with `code` in backquotes. */
function withCode(text: string) {
  return text.split('`').map((part, at) => (at % 2 === 1 ? <code>{part}</code> : <>{part}</>));
}

function anchor(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}
