import type { Platform } from '../../platform/operation.ts';
import { type ApiKeys, keyHolder } from '../keys/key-holder.ts';
import { readArguments } from './read-arguments.ts';
import type { SoapCall } from './read-call.ts';
import { SoapFault } from './soap-fault.ts';
import { SOAP_HANDLERS } from './soap-operations.ts';
import { SIGNATURES, SOAP_OPERATIONS, type SoapOperation, STRUCTS } from './soap-types.ts';
import { statusText, unexpectedText } from './status-text.ts';
import { type SoapValue, writeAnswer } from './write-answer.ts';

export interface SoapRequest {
  requestId: string;
  /** The address of this site as seen by the caller. */
  origin: string;
  /** Namespace of the response messages. */
  namespace: string;
}

/**
 * Executes a call and writes its response. A business error is a status text in it; a protocol error is thrown as SoapFault.
 */
export async function answerCall(platform: Platform, call: SoapCall, request: SoapRequest): Promise<string> {
  const operation = SOAP_OPERATIONS.find((name) => name === call.operation);
  if (!operation) throw new SoapFault('Client', `there is no operation ${call.operation.slice(0, 80)}`);
  const { api_keys: keys, ...rest } = readArguments(call.arguments, SIGNATURES[operation]);
  let result: SoapValue;
  try {
    const holder = await keyHolder(platform, keys as unknown as ApiKeys);
    result = await SOAP_HANDLERS[operation]({ platform, holder, ...request }, rest);
  } catch (error) {
    if (error instanceof SoapFault) throw error;
    result = refused(operation, textOf(platform, operation, error, request));
  }
  return writeAnswer(operation, result, request.namespace);
}

function textOf(platform: Platform, operation: SoapOperation, error: unknown, { requestId }: SoapRequest): string {
  const known = statusText(operation, error);
  if (known !== null) return known;
  platform.log.error({ err: error, request_id: requestId, operation }, 'SOAP call failed');
  return unexpectedText(operation);
}

/** The text alone, or in `status` of a struct whose array is nil. */
function refused(operation: SoapOperation, text: string): SoapValue {
  const { result } = SIGNATURES[operation];
  if (typeof result === 'string') return text;
  const members = Object.keys(STRUCTS[result.struct]!);
  return Object.fromEntries(members.map((member) => [member, member === 'status' ? text : null]));
}
