/** A synthetic person at the approval page, and their rights. */
export interface Approver {
  /** Organisations whose access they administer; `all` of them; or none. */
  administers: 'all' | readonly string[];
  /** May see requests of any organisation and forward them to a person who decides. */
  isEmployee: boolean;
}

/** By national identity number; month + 80, as all synthetic ones. */
export const APPROVERS: Readonly<Record<string, Approver>> = {
  '28818698897': { administers: 'all', isEmployee: true },
  '21865898093': { administers: ['310049573'], isEmployee: false },
  '27889398510': { administers: ['311123254'], isEmployee: false },
  '26899299344': { administers: [], isEmployee: true },
  '01816497767': { administers: [], isEmployee: false },
};

export function mayApprove({ administers }: Approver, organizationNumber: string): boolean {
  return administers === 'all' || administers.includes(organizationNumber);
}
