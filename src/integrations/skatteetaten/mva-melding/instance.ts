import { isObject, type JsonObject } from '../../../platform/outbound/json-answer.ts';

/** Stage of an instance: the kind of its task, or `ended`. */
export type InstanceStage = 'data' | 'confirmation' | 'feedback' | 'ended';

export interface InstanceFile {
  id: string;
  /** `mvamelding`, `kvittering`, `betalingsinformasjon`, `valideringsresultat`, or the envelope's long name. */
  dataType: string;
}

/** The fields of a mva-melding instance that we need. */
export interface Instance {
  /** `{partyId}/{uuid}`. */
  id: string;
  organizationNumber: string;
  stage: InstanceStage;
  files: InstanceFile[];
  created: Date | null;
  /** Altinn's id of the person who created it. */
  createdBy: string;
  isDeleted: boolean;
  /** The tax administration's status text; empty until there is one. */
  status: string;
}

export const ENVELOPE_TYPE = 'no.skatteetaten.fastsetting.avgift.mva.mvameldinginnsending.v1.0';

const ID = /^\d{1,12}\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Null if it is not an instance. Links in it are not followed: addresses are built from ids on the configured host. */
export function readInstance(found: JsonObject): Instance | null {
  const { id, process, data } = found;
  if (typeof id !== 'string' || !ID.test(id)) return null;
  const stage = isObject(process) ? stageOf(process) : null;
  if (stage === null || !Array.isArray(data)) return null;
  const files = data.flatMap((one): InstanceFile[] =>
    isObject(one) && typeof one.id === 'string' && UUID.test(one.id) && typeof one.dataType === 'string'
      ? [{ id: one.id, dataType: one.dataType }]
      : [],
  );
  const owner = isObject(found.instanceOwner) ? found.instanceOwner : {};
  const status = isObject(found.status) ? found.status : {};
  const substatus = isObject(status.substatus) ? status.substatus : {};
  const created = typeof found.created === 'string' ? new Date(found.created) : null;
  return {
    id,
    organizationNumber: typeof owner.organisationNumber === 'string' ? owner.organisationNumber : '',
    stage,
    files,
    created: created && !Number.isNaN(created.getTime()) ? created : null,
    createdBy: typeof found.createdBy === 'string' ? found.createdBy : '',
    isDeleted: status.isSoftDeleted === true || status.isHardDeleted === true,
    status: [substatus.label, substatus.description]
      .filter((text) => typeof text === 'string')
      .join(': ')
      .slice(0, 500),
  };
}

function stageOf(process: JsonObject): InstanceStage | null {
  if (typeof process.ended === 'string') return 'ended';
  const task = isObject(process.currentTask) ? process.currentTask.altinnTaskType : null;
  return task === 'data' || task === 'confirmation' || task === 'feedback' ? task : null;
}
