import { expect, it } from 'vitest';
import { allRoutes } from '../src/app.ts';

interface Shape {
  type?: string;
  maximum?: number;
  properties?: Record<string, Shape>;
  items?: Shape;
  anyOf?: Shape[];
}

/** Positions of integers without an upper bound in a schema: a value that fits no column would reach a statement. */
function unbounded(shape: Shape, path: string): string[] {
  return [
    ...(shape.type === 'integer' && shape.maximum === undefined ? [path] : []),
    ...Object.entries(shape.properties ?? {}).flatMap(([name, each]) => unbounded(each, `${path}.${name}`)),
    ...(shape.anyOf ?? []).flatMap((each) => unbounded(each, path)),
    ...(shape.items ? unbounded(shape.items, `${path}[]`) : []),
  ];
}

it('every integer of every request has an upper bound', () => {
  const found = allRoutes.flatMap((one) =>
    (['params', 'query', 'body'] as const).flatMap((part) =>
      unbounded((one[part] ?? {}) as Shape, `${one.method} ${one.path} ${part}`),
    ),
  );
  expect(found).toEqual([]);
});
