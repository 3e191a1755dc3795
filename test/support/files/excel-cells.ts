import { readXlsx } from 'hucre/xlsx';

/** Every cell with its content, number format and style, and every row that differs from the default. */
export async function excelCells(file: Uint8Array): Promise<string> {
  const { sheets, properties } = await readXlsx(file, { readStyles: true });
  const lines = [JSON.stringify(properties)];
  for (const sheet of sheets) {
    const { name, columns, freezePane, pageSetup, headerFooter, outlineProperties, merges } = sheet;
    lines.push('', JSON.stringify({ name, freezePane, pageSetup, headerFooter, outlineProperties, merges }));
    lines.push(`widths ${columns?.map(({ width }) => width).join(' ')}`);
    let last = -1;
    for (const [place, cell] of sheet.cells ?? []) {
      const [at, column] = place.split(',').map(Number) as [number, number];
      if (at !== last) lines.push(`row ${at + 1} ${JSON.stringify(sheet.rowDefs?.get(at) ?? {})}`);
      last = at;
      const { value, formula, style = {}, hyperlink } = cell;
      const { font, fill, border, alignment, numFmt } = style;
      const shown = [
        font?.bold && 'bold',
        font?.italic && 'italic',
        font?.underline && 'underlined',
        fill && 'shaded',
        border &&
          `lines ${Object.entries(border)
            .map(([side, line]) => `${side} ${line?.style}`)
            .join(', ')}`,
        alignment?.indent && `indent ${alignment.indent}`,
        numFmt,
        hyperlink && `-> ${hyperlink.target}`,
      ].filter(Boolean);
      const text = value instanceof Date ? value.toISOString().slice(0, 10) : JSON.stringify(value);
      lines.push(
        `  ${String.fromCharCode(65 + column)} ${text}${formula ? ` = ${formula}` : ''} (${shown.join('; ')})`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
