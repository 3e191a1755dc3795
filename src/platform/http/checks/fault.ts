import { type FieldProblem, problem } from '../../errors.ts';

/** A fault as the compiled schema reports it. */
export interface Fault {
  keyword: string;
  schemaPath: string;
  instancePath: string;
  params: Record<string, unknown>;
  message: string;
}

/**
 * Not reported from here: the walk over the input reports unknown fields, and the branches of a choice report its
 * faults.
 */
const EXPLAINED_ELSEWHERE = new Set(['boolean', 'additionalProperties', 'const', 'anyOf']);

/**
 * The faults in words, one for each value. For a value that fits no branch of a choice: what the branches would accept.
 */
export function explained(faults: readonly Fault[], where: string): FieldProblem[] {
  const byPlace = new Map<string, Fault[]>();
  for (const fault of ofMeantBranches(faults)) {
    const list = byPlace.get(fault.instancePath);
    if (list) list.push(fault);
    else byPlace.set(fault.instancePath, [fault]);
  }
  return [...byPlace].flatMap(([place, list]) => explainPlace(place, list, where));
}

/**
 * For a value that fits no branch of a choice: the faults of the intended branches, which are those of the same type
 * and, among objects, with the same constants. If no branch has its constants: the allowed constants.
 */
function ofMeantBranches(faults: readonly Fault[]): Fault[] {
  const left = new Set(faults);
  for (const choice of faults) {
    if (choice.keyword !== 'anyOf') continue;
    const branches = branchesOf(choice, left);
    const isOut = (fault: Fault) => hasOtherType(fault, choice) || isOtherConstant(fault, choice);
    const ofType = branches.filter((branch) => !branch.some((fault) => hasOtherType(fault, choice)));
    const isMeant = branches.filter((branch) => !branch.some(isOut));
    const kept = isMeant.length > 0 ? isMeant : ofType;
    if (kept.length === 0) continue;
    for (const branch of branches) if (!kept.includes(branch)) for (const fault of branch) left.delete(fault);
    if (isMeant.length > 0) continue;
    for (const fault of kept.flat()) if (!isOtherConstant(fault, choice)) left.delete(fault);
  }
  return faults.filter((fault) => left.has(fault));
}

/** The faults of each branch, for the value that the choice applies to. */
function branchesOf({ schemaPath, instancePath }: Fault, faults: Iterable<Fault>): Fault[][] {
  const branches = new Map<string, Fault[]>();
  const prefix = `${schemaPath}/anyOf/`;
  for (const fault of faults) {
    if (!fault.schemaPath.startsWith(prefix)) continue;
    if (fault.instancePath !== instancePath && !fault.instancePath.startsWith(`${instancePath}/`)) continue;
    const branch = fault.schemaPath.slice(prefix.length).split('/', 1)[0]!;
    const list = branches.get(branch);
    if (list) list.push(fault);
    else branches.set(branch, [fault]);
  }
  return [...branches.values()];
}

function hasOtherType({ keyword, instancePath }: Fault, choice: Fault): boolean {
  return keyword === 'type' && instancePath === choice.instancePath;
}

/** A field of the object that identifies the branch. */
function isOtherConstant({ keyword, instancePath }: Fault, choice: Fault): boolean {
  return (
    keyword === 'const' &&
    instancePath !== choice.instancePath &&
    !instancePath.slice(choice.instancePath.length + 1).includes('/')
  );
}

function explainPlace(place: string, faults: readonly Fault[], where: string): FieldProblem[] {
  const path = pathOf(place, where);
  const lacking = faults.filter(({ keyword }) => keyword === 'required').map((fault) => required(fault, path, where));
  if (lacking.length > 0) return lacking.sort((a, b) => a.length - b.length)[0]!;
  const own = faults.filter(({ keyword }) => !EXPLAINED_ELSEWHERE.has(keyword));
  const types = [...new Set(own.filter(({ keyword }) => keyword === 'type').map(({ params }) => String(params.type)))];
  // A fault other than the type occurs only in a branch with the right type: that branch was intended.
  const meant = own.find(({ keyword }) => keyword !== 'type');
  if (meant) return [explain(meant, path)];
  if (types.length > 0) return [wrongType(path, types)];
  const isChoiceOfValues = faults.filter(({ keyword }) => keyword === 'const');
  if (isChoiceOfValues.length > 0)
    return [oneOf(path, [...new Set(isChoiceOfValues.map(({ params }) => params.allowedValue))])];
  return [];
}

function required({ params }: Fault, path: string, where: string): FieldProblem[] {
  return (params.requiredProperties as string[]).map((name) =>
    problem(path === where ? name : `${path}.${name}`, 'is required', 'må oppgis'),
  );
}

function wrongType(path: string, types: readonly string[]): FieldProblem {
  // That null is also accepted does not help a caller who gave a value.
  const accepted = types.length > 1 ? types.filter((type) => type !== 'null') : types;
  return problem(
    path,
    `must be ${accepted.join(' or ')}`,
    `må være ${accepted.map((type) => TYPE_NB[type] ?? type).join(' eller ')}`,
  );
}

function oneOf(path: string, values: readonly unknown[]): FieldProblem {
  const allowed = values.join(', ');
  return problem(path, `must be one of ${allowed}`, `må være en av ${allowed}`);
}

function explain(fault: Fault, path: string): FieldProblem {
  const { params, message } = fault;
  const limit = String(params.limit);
  switch (fault.keyword) {
    case 'format':
      return params.format === 'date'
        ? problem(path, 'must be an existing date, YYYY-MM-DD', 'må være en dato som finnes, ÅÅÅÅ-MM-DD')
        : problem(path, `must be a valid ${String(params.format)}`, `må være gyldig ${String(params.format)}`);
    case 'enum':
      return oneOf(path, params.allowedValues as unknown[]);
    case 'minimum':
    case 'exclusiveMinimum':
      return problem(path, message, `må være minst ${limit}`);
    case 'maximum':
      return problem(path, message, `kan være høyst ${limit}`);
    case 'minLength':
      return problem(path, `must have at least ${limit} character(s)`, `må ha minst ${limit} tegn`);
    case 'maxLength':
      return problem(path, `must have at most ${limit} characters`, `kan ha høyst ${limit} tegn`);
    case 'minItems':
      return problem(path, `must have at least ${limit} item(s)`, `må ha minst ${limit} element(er)`);
    case 'maxItems':
      return problem(path, `must have at most ${limit} items`, `kan ha høyst ${limit} elementer`);
    case 'pattern':
      return problem(path, message, `må ha formen ${String(params.pattern)}`);
    default:
      return problem(path, message, `er ugyldig (${fault.keyword})`);
  }
}

const TYPE_NB: Record<string, string> = Object.assign(Object.create(null) as Record<string, string>, {
  integer: 'et heltall',
  number: 'et tall',
  string: 'tekst',
  boolean: 'true eller false',
  object: 'et objekt',
  array: 'en liste',
  null: 'null',
});

function pathOf(instancePath: string, where: string): string {
  const parts = instancePath.split('/').slice(1).map(unescaped);
  return parts.length === 0 ? where : fieldPath(parts);
}

/** RFC 6901 section 4. */
function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** The path of a field in a fault: `lines[0].amount`. */
export function fieldPath(parts: readonly (string | number)[]): string {
  return parts.map((part, i) => (/^\d+$/.test(String(part)) ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}
