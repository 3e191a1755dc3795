import { People } from '../../support/books/people.ts';

export const PASSWORD = 'hemmelig passord nummer sju';

/** Creates a user who can sign in; returns the address. */
export async function userWithPassword(): Promise<string> {
  const people = new People();
  try {
    return (await people.user(undefined, PASSWORD)).email;
  } finally {
    await people.close();
  }
}
