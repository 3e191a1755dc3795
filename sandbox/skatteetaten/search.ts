import type { Property } from './properties.ts';
import { PROPERTIES } from './properties.ts';

/** The search: digits first are a cadastral number or a share, a letter first is a road address. Numbers are integers. */
export function search(query: string, now: Date): object {
  const text = query.trim();
  const isAddress = /^\p{L}/u.test(text);
  const addresses = isAddress ? PROPERTIES.flatMap((one) => addressHits(one, text)) : [];
  const properties = isAddress ? [] : PROPERTIES.flatMap((one) => propertyHit(one, text));
  return {
    resultatStorrelse: addresses.length + properties.length,
    eiendommer: properties,
    vegadresser: addresses,
    sokStart: now.toISOString().slice(0, -1),
    sokSlutt: now.toISOString().slice(0, -1),
  };
}

function propertyHit(property: Property, query: string): object[] {
  const cadastre = property.cadastre.join('/');
  const share = property.cooperative
    ? `${property.cooperative.organizationNumber}/${property.cooperative.share ?? property.cooperative.unit}`
    : null;
  if (share !== null && (share === query || query === property.cooperative!.organizationNumber))
    return [described(property, `<em>${share}</em>`)];
  if (!/^\d+(\/\d+){1,3}$/.test(query) || !`${cadastre}/`.startsWith(`${query}/`)) return [];
  return [described(property, `${property.municipality[0]}-<em>${query}</em>${cadastre.slice(query.length)}`)];
}

function addressHits(property: Property, query: string): object[] {
  return property.roads.flatMap(({ name, number, letter }) => {
    const whole = `${name} ${number}${letter ?? ''}`;
    if (!whole.toLowerCase().startsWith(query.toLowerCase()) || !property.post) return [];
    const rest = `${whole.slice(query.length)}, ${property.post.join(' ')}`;
    return {
      sergEiendomsidentifikator: Number(property.id),
      unikeiendomsidentifikator: Number(property.id),
      adressenavn: name,
      husnr: number,
      ...(letter ? { husbokstav: letter } : {}),
      postnummer: property.post[0],
      poststedsnavn: property.post[1],
      highlight: `<em>${whole.slice(0, query.length)}</em>${rest}`,
      eiendommer: [described(property, `${property.municipality[0]}-${property.cadastre.join('/')}`)],
    };
  });
}

function described(property: Property, highlight: string): object {
  const [gaardsnr, bruksnr, festenr, seksjonsnr] = property.cadastre;
  const { cooperative } = property;
  return {
    sergEiendomsidentifikator: Number(property.id),
    unikeiendomsidentifikator: Number(property.id),
    eiendometablertdato: property.established,
    kommunenr: property.municipality[0],
    kommunenavn: property.municipality[1],
    gaardsnr,
    bruksnr,
    festenr,
    seksjonsnr,
    ...(cooperative
      ? { orgnr: Number(cooperative.organizationNumber), andelsnr: Number(cooperative.share ?? cooperative.unit) }
      : {}),
    ...(property.historical === undefined ? {} : { historisk: property.historical }),
    highlight,
  };
}
