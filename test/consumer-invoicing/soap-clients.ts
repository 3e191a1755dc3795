import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SIGNATURES, type SoapOperation } from '../../src/consumer-invoicing/soap/soap-types.ts';
import { packageRoot } from '../../src/platform/package-root.ts';
import { installTools } from '../support/server/install-tools.ts';

/** An operation, and the values of its parts in the order of the WSDL; null is nil. */
export type ClientCall = [operation: SoapOperation, values: unknown[]];

/** A third-party SOAP client: it reads our WSDL and builds its calls from it. */
export interface SoapClient {
  name: string;
  isThere: boolean;
  /** The responses as plain values; a fault as `{ fault }`. */
  call(wsdl: string, endpoint: string, calls: ClientCall[]): Promise<any[]>;
}

const run = promisify(execFile);
const folder = join(packageRoot, 'scripts', 'soap-clients');

/** The clients of npm have packages of their own, as nothing of the product uses them. */
export const installNodeClients = () => installTools(folder);

const PHP = String.raw`<?php
[, $wsdl, $location, $calls] = $argv;
ini_set('soap.wsdl_cache_enabled', '0');
$client = new SoapClient($wsdl, ['location' => $location, 'exceptions' => true, 'features' => SOAP_SINGLE_ELEMENT_ARRAYS]);
$found = [];
foreach (json_decode($calls, true) as [$operation, $arguments]) {
  $given = array_map(fn ($one) => is_array($one) ? (object) $one : $one, $arguments);
  try {
    $found[] = $client->__soapCall($operation, $given);
  } catch (SoapFault $fault) {
    $found[] = ['fault' => $fault->faultcode];
  }
}
echo json_encode($found);
`;

const PYTHON = String.raw`
import json, sys
from suds import WebFault, null
from suds.client import Client
from suds.sudsobject import asdict
_, wsdl, location, calls = sys.argv
client = Client(wsdl, location=location, cache=None)

def given(value):
    if value is None: return null()
    if isinstance(value, dict): return {name: given(each) for name, each in value.items()}
    return value

def plain(value):
    if hasattr(value, '__keylist__'): return {name: plain(each) for name, each in asdict(value).items()}
    if isinstance(value, list): return [plain(each) for each in value]
    return value

found = []
for operation, values in json.loads(calls):
    try:
        found.append(plain(getattr(client.service, operation)(*[given(each) for each in values])))
    except WebFault as fault:
        found.append({'fault': str(fault.fault.faultcode)})
print(json.dumps(found, default=str))
`;

/** A program that receives the description, the address and the calls, and prints the responses. */
function program(name: string, command: string, script: string, isThere: boolean): SoapClient {
  return {
    name,
    isThere,
    async call(wsdl, endpoint, calls) {
      const own = mkdtempSync(join(tmpdir(), 'hb-soap-'));
      try {
        const file = join(own, 'call');
        writeFileSync(file, script);
        const { stdout } = await run(command, [file, wsdl, endpoint, JSON.stringify(calls)], { timeout: 60_000 });
        return JSON.parse(stdout) as any[];
      } finally {
        rmSync(own, { recursive: true, force: true });
      }
    },
  };
}

function prints(command: string, args: string[], word: string): boolean {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).includes(word);
  } catch {
    return false;
  }
}

interface NodeClient {
  setEndpoint(address: string): void;
  describe(): any;
  [operation: string]: any;
}

/** The two npm packages are called in the same way: by an object with the names of the parts. */
function nodeClient(name: string): SoapClient {
  return {
    name: `npm ${name}`,
    isThere: true,
    async call(wsdl, endpoint, calls) {
      const loaded = createRequire(join(folder, 'package.json'))(name);
      const { createClient } = loaded.soap ?? loaded;
      const client = await new Promise<NodeClient>((resolve, reject) => {
        createClient(wsdl, { handleNilAsNull: true }, (error: unknown, made: NodeClient) =>
          error ? reject(error) : resolve(made),
        );
      });
      client.setEndpoint(endpoint);
      const found: any[] = [];
      for (const [operation, values] of calls) found.push(await answerOf(client, operation, values));
      return found;
    },
  };
}

function answerOf(client: NodeClient, operation: SoapOperation, values: unknown[]): Promise<any> {
  const names = Object.keys(SIGNATURES[operation].arguments);
  // A null part is omitted: one of the two cannot write it.
  const given = Object.fromEntries(names.flatMap((part, i) => (values[i] === null ? [] : [[part, values[i]]])));
  return new Promise((resolve) => {
    client[operation](given, (error: any, result: any) => {
      if (error)
        resolve({ fault: String(error.Fault?.faultcode ?? error.root?.Envelope?.Body?.Fault?.faultcode ?? error) });
      else resolve(plain(result?.return ?? result));
    });
  });
}

/** Removes what both wrap around a value: its attributes beside it, and the items of an array under their element's name. */
function plain(value: any): unknown {
  if (value === null || typeof value !== 'object') return value ?? null;
  if (Array.isArray(value)) return value.map(plain);
  const { $attributes, attributes = $attributes, $value, ...members } = value;
  if ($value !== undefined) return $value;
  if (attributes && Object.keys(attributes).some((name) => name.endsWith('arrayType')))
    return Object.values(members).flat().map(plain);
  if (attributes && Object.keys(attributes).some((name) => name.endsWith('nil'))) return null;
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, plain(member)]));
}

const hasSuds = (command: string) => prints(command, ['-c', 'import suds; print("there")'], 'there');
// Debian's own Python, whose packages another Python on the path does not see.
const python = ['/usr/bin/python3', 'python3'].find(hasSuds);

export const SOAP_CLIENTS: SoapClient[] = [
  program('PHP’s SoapClient', 'php', PHP, prints('php', ['-m'], 'soap')),
  program('Python’s suds', python ?? 'python3', PYTHON, python !== undefined),
  nodeClient('soap'),
  nodeClient('strong-soap'),
];
