import { randomUUID } from 'node:crypto';
import type { SandboxClock } from '../sandbox-clock.ts';
import type { ReadReturn } from './return-check.ts';

export const ENVELOPE_TYPE = 'no.skatteetaten.fastsetting.avgift.mva.mvameldinginnsending.v1.0';

export interface DataElement {
  id: string;
  dataType: string;
  filename: string | null;
  contentType: string;
  content: string;
  created: Date;
  createdBy: string;
}

export interface AppInstance {
  partyId: string;
  guid: string;
  organizationNumber: string;
  createdBy: string;
  created: Date;
  task: 'data' | 'confirmation' | 'feedback' | null;
  completedAt: Date | null;
  endedAt: Date | null;
  /** What the app took it as; from the end of the filling in on. */
  read: ReadReturn | null;
  substatus: { label: string; description: string } | null;
  isDeleted: boolean;
  data: DataElement[];
}

/** The instances of the app, and their JSON form. */
export class Instances {
  readonly all: AppInstance[] = [];
  readonly #clock: SandboxClock;
  readonly #appUrl: string;
  readonly #appId: string;
  readonly #parties = new Map<string, string>();

  constructor(clock: SandboxClock, { appUrl, appId }: { appUrl: string; appId: string }) {
    this.#clock = clock;
    this.#appUrl = appUrl;
    this.#appId = appId;
  }

  make(organizationNumber: string, createdBy: string): AppInstance {
    const now = this.#clock.now();
    const partyId = this.#parties.get(organizationNumber) ?? String(50_000_001 + this.#parties.size);
    this.#parties.set(organizationNumber, partyId);
    const instance: AppInstance = {
      partyId,
      guid: randomUUID(),
      organizationNumber,
      createdBy,
      created: now,
      task: 'data',
      completedAt: null,
      endedAt: null,
      read: null,
      substatus: null,
      isDeleted: false,
      data: [],
    };
    this.add(instance, {
      dataType: ENVELOPE_TYPE,
      filename: null,
      contentType: 'application/xml',
      content: '',
      createdBy,
    });
    this.all.push(instance);
    return instance;
  }

  find(partyId: string, guid: string): AppInstance | undefined {
    return this.all.find((one) => one.partyId === partyId && one.guid === guid);
  }

  remove(instance: AppInstance): void {
    this.all.splice(this.all.indexOf(instance), 1);
  }

  add(instance: AppInstance, element: Omit<DataElement, 'id' | 'created'>): DataElement {
    const made = { ...element, id: randomUUID(), created: this.#clock.now() };
    instance.data.push(made);
    return made;
  }

  view(instance: AppInstance): object {
    const { partyId, guid, organizationNumber, created, createdBy, task, completedAt, endedAt, substatus } = instance;
    const address = `${this.#appUrl}/instances/${partyId}/${guid}`;
    const started = created.toISOString();
    const elements = { data: 'Task_1', confirmation: 'Task_2', feedback: 'Task_3' };
    return {
      id: `${partyId}/${guid}`,
      instanceOwner: { partyId, personNumber: null, organisationNumber: organizationNumber },
      appId: this.#appId,
      org: 'skd',
      selfLinks: { apps: address, platform: address },
      dueBefore: null,
      visibleAfter: started,
      process: {
        started,
        startEvent: 'StartEvent_1',
        currentTask: task && {
          flow: 2,
          started: (completedAt ?? created).toISOString(),
          elementId: elements[task],
          name: task,
          altinnTaskType: task,
          ended: null,
        },
        ended: endedAt?.toISOString() ?? null,
        endEvent: endedAt ? 'EndEvent_1' : null,
      },
      status: {
        isArchived: endedAt !== null,
        archived: endedAt?.toISOString() ?? null,
        isSoftDeleted: instance.isDeleted,
        softDeleted: null,
        isHardDeleted: false,
        hardDeleted: null,
        readStatus: 1,
        substatus,
      },
      data: instance.data.map((one) => this.elementView(instance, one)),
      created: started,
      createdBy,
      lastChanged: (endedAt ?? completedAt ?? created).toISOString(),
      lastChangedBy: createdBy,
    };
  }

  elementView({ partyId, guid, task }: AppInstance, one: DataElement): object {
    const address = `${this.#appUrl}/instances/${partyId}/${guid}/data/${one.id}`;
    return {
      id: one.id,
      instanceGuid: guid,
      dataType: one.dataType,
      filename: one.filename,
      contentType: one.contentType,
      blobStoragePath: `${this.#appId}/${guid}/data/${one.id}`,
      selfLinks: { apps: address, platform: address },
      size: Buffer.byteLength(one.content),
      locked: task !== 'data',
      refs: [],
      isRead: true,
      created: one.created.toISOString(),
      createdBy: one.createdBy,
      lastChanged: one.created.toISOString(),
      lastChangedBy: one.createdBy,
    };
  }
}
