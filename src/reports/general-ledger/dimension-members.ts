/** A value that a line carries. */
export interface Member {
  type: string;
  id: number;
}

/** Reads the key of a dimension set: `asset:12,department:7`. */
export function dimensionMembers(key: string): Member[] {
  if (key === '') return [];
  return key.split(',').map((member) => {
    const [type = '', id = ''] = member.split(':');
    return { type, id: Number(id) };
  });
}
