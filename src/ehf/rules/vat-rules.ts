import { formatAmount } from '../../kernel/money.ts';
import { compareDecimals, type Decimal, formatDecimal, percentage, ZERO } from '../decimal.ts';
import type { Place } from '../finding.ts';
import type { Invoice, TaxCategory } from '../invoice.ts';
import { BUYER, each, eachLine, type Rule, SELLER, SUBTOTAL, where } from './rule.ts';
import { LESS_THAN_ONE } from './sum-rules.ts';
import { categoryKey, taxableGroups } from '../sums.ts';

/** Requirements of each VAT category on a document (EN 16931-1, 6.4.3). */
interface Category {
  code: string;
  /** The part of its rule identifiers: BR-S-01. */
  rule: string;
  nb: string;
  en: string;
  rate: 'positive' | 'zero' | 'any' | 'none';
  /** Whether a reason for not charging VAT is required. */
  reason: 'required' | 'forbidden';
  /** The identifiers that seller and buyer must have; `none` if they must have none for VAT. */
  seller: 'vat-or-tax' | 'vat' | 'none';
  buyer: 'vat-or-legal' | 'vat' | 'none' | 'any';
}

const CATEGORIES: readonly Category[] = [
  {
    code: 'S',
    rule: 'S',
    nb: 'avgiftspliktig',
    en: 'standard rated',
    rate: 'positive',
    reason: 'forbidden',
    seller: 'vat-or-tax',
    buyer: 'any',
  },
  {
    code: 'Z',
    rule: 'Z',
    nb: 'nullsats',
    en: 'zero rated',
    rate: 'zero',
    reason: 'forbidden',
    seller: 'vat-or-tax',
    buyer: 'any',
  },
  {
    code: 'E',
    rule: 'E',
    nb: 'unntatt',
    en: 'exempt',
    rate: 'zero',
    reason: 'required',
    seller: 'vat-or-tax',
    buyer: 'any',
  },
  {
    code: 'AE',
    rule: 'AE',
    nb: 'omvendt avgiftsplikt',
    en: 'reverse charge',
    rate: 'zero',
    reason: 'required',
    seller: 'vat-or-tax',
    buyer: 'vat-or-legal',
  },
  {
    code: 'K',
    rule: 'IC',
    nb: 'levering i EØS',
    en: 'intra-community supply',
    rate: 'zero',
    reason: 'required',
    seller: 'vat',
    buyer: 'vat',
  },
  { code: 'G', rule: 'G', nb: 'utførsel', en: 'export', rate: 'zero', reason: 'required', seller: 'vat', buyer: 'any' },
  {
    code: 'O',
    rule: 'O',
    nb: 'utenfor avgiftsområdet',
    en: 'outside the scope',
    rate: 'none',
    reason: 'required',
    seller: 'none',
    buyer: 'none',
  },
  {
    code: 'L',
    rule: 'AF',
    nb: 'Kanariøyene',
    en: 'Canary Islands',
    rate: 'any',
    reason: 'forbidden',
    seller: 'vat-or-tax',
    buyer: 'any',
  },
  {
    code: 'M',
    rule: 'AG',
    nb: 'Ceuta og Melilla',
    en: 'Ceuta and Melilla',
    rate: 'any',
    reason: 'forbidden',
    seller: 'vat-or-tax',
    buyer: 'any',
  },
];

const RATES: Record<Category['rate'], { nb: string; en: string; fits(percent: Decimal | null): boolean }> = {
  positive: { nb: 'større enn null', en: 'above zero', fits: (it) => it !== null && compareDecimals(it, ZERO) > 0 },
  zero: { nb: 'null', en: 'zero', fits: (it) => it !== null && compareDecimals(it, ZERO) === 0 },
  any: { nb: 'null eller mer', en: 'zero or more', fits: (it) => it !== null && compareDecimals(it, ZERO) >= 0 },
  none: { nb: 'utelatt', en: 'left out', fits: (it) => it === null },
};

const uses = ({ code }: Category, { lines, allowances }: Invoice) =>
  lines.some(({ tax }) => tax.code === code) || allowances.some(({ tax }) => tax.code === code);

/** The place where the seller or the buyer is not identified as a category requires. */
function parties({ seller: of, buyer: to }: Category, { seller, buyer, taxRepresentative }: Invoice): Place[] {
  const vatId = seller.vatId ?? taxRepresentative?.vatId ?? null;
  if (of === 'none')
    return [
      ...where(vatId !== null, `${SELLER}/cac:PartyTaxScheme`),
      ...where(buyer.vatId !== null, `${BUYER}/cac:PartyTaxScheme`),
    ];
  const known = of === 'vat' ? vatId : (vatId ?? seller.taxRegistration);
  const buyerKnown = to === 'any' ? '' : to === 'vat' ? buyer.vatId : (buyer.vatId ?? buyer.legalId);
  return [
    ...where(known === null, `${SELLER}/cac:PartyTaxScheme`),
    ...where(buyerKnown === null, `${BUYER}/cac:PartyTaxScheme`),
  ];
}

function partyRule(category: Category, suffix: string, isUsed: (invoice: Invoice) => boolean): Rule {
  const { rule, nb, en, seller, buyer } = category;
  const only = seller === 'none';
  return {
    id: `BR-${rule}-${suffix}`,
    nb: only
      ? `Avgiftskategorien «${nb}» tåler ikke avgiftsnummer for selger eller kjøper`
      : `Avgiftskategorien «${nb}» krever avgiftsnummer for selger${buyer === 'any' ? '' : ' og id for kjøper'}`,
    en: only
      ? `The VAT category “${en}” allows no VAT identifier of seller or buyer`
      : `The VAT category “${en}” needs a VAT identifier of the seller${buyer === 'any' ? '' : ' and an id of the buyer'}`,
    broken: ({ invoice }) => (isUsed(invoice) ? parties(category, invoice) : []),
  };
}

function rateRule(category: Category, suffix: string, places: (of: Category) => Rule['broken']): Rule {
  const rate = RATES[category.rate];
  return {
    id: `BR-${category.rule}-${suffix}`,
    nb: `Satsen for avgiftskategorien «${category.nb}» skal være ${rate.nb}`,
    en: `The rate of the VAT category “${category.en}” must be ${rate.en}`,
    broken: places(category),
  };
}

const wrongRate = ({ code, rate }: Category, tax: TaxCategory, at: string) =>
  where(
    tax.code === code && !RATES[rate].fits(tax.percent),
    `${at}/cbc:Percent`,
    tax.percent && formatDecimal(tax.percent),
  );

const allowanceRates =
  (isCharge: boolean) =>
  (category: Category): Rule['broken'] =>
  ({ invoice }) =>
    each(invoice.allowances, 'cac:AllowanceCharge', (one, at) =>
      one.isCharge === isCharge ? wrongRate(category, one.tax, `${at}/cac:TaxCategory`) : [],
    );

/** The bases of a category must equal the sum of its lines and allowances; for S, L and M for each rate. */
function wrongBases(category: Category, { lines, allowances, taxSubtotals }: Invoice): Place[] {
  const byRate = category.rate === 'positive' || category.rate === 'any';
  const key = (tax: TaxCategory) => (byRate ? categoryKey(tax) : (tax.code ?? ''));
  const expected = new Map<string, bigint>();
  for (const { category: tax, taxable } of taxableGroups(lines, allowances))
    expected.set(key(tax), (expected.get(key(tax)) ?? 0n) + taxable);
  const tolerance = byRate ? LESS_THAN_ONE : 0n;
  return each(taxSubtotals, SUBTOTAL, ({ category: tax, taxable }, at) => {
    if (tax.code !== category.code || taxable === null) return [];
    const wanted = expected.get(key(tax)) ?? 0n;
    const difference = taxable - wanted;
    const isOff = difference > tolerance || difference < -tolerance;
    return where(isOff, `${at}/cbc:TaxableAmount`, formatAmount(taxable), formatAmount(wanted));
  });
}

function categoryRules(category: Category): Rule[] {
  const { code, rule, nb, en } = category;
  const ofCategory = (
    { taxSubtotals }: Invoice,
    broken: (one: Invoice['taxSubtotals'][number], at: string) => Place[],
  ) => each(taxSubtotals, SUBTOTAL, (one, at) => (one.category.code === code ? broken(one, at) : []));
  return [
    {
      id: `BR-${rule}-01`,
      nb: `Avgiftsspesifikasjonen må ha kategorien «${nb}» når den er brukt, og en gang for hver sats`,
      en: `The VAT breakdown must have the category “${en}” where it is used, and once for each rate`,
      broken: ({ invoice }) => {
        const found = invoice.taxSubtotals.filter(({ category: tax }) => tax.code === code);
        const byRate = category.rate === 'positive' || category.rate === 'any';
        const isUsed = uses(category, invoice);
        return where((isUsed && found.length === 0) || (!byRate && found.length > 1), SUBTOTAL);
      },
    },
    partyRule(category, '02', ({ lines }) => lines.some(({ tax }) => tax.code === code)),
    partyRule(category, '03', ({ allowances }) => allowances.some((one) => !one.isCharge && one.tax.code === code)),
    partyRule(category, '04', ({ allowances }) => allowances.some((one) => one.isCharge && one.tax.code === code)),
    rateRule(
      category,
      '05',
      (of) => (document) =>
        eachLine(document, ({ tax }, at) => wrongRate(of, tax, `${at}/cac:Item/cac:ClassifiedTaxCategory`)),
    ),
    rateRule(category, '06', allowanceRates(false)),
    rateRule(category, '07', allowanceRates(true)),
    {
      id: `BR-${rule}-08`,
      nb: `Grunnlaget for «${nb}» er ikke summen av linjer, rabatter og tillegg i kategorien`,
      en: `The base of “${en}” is not the sum of the category’s lines, allowances and charges`,
      broken: ({ invoice }) => wrongBases(category, invoice),
    },
    {
      id: `BR-${rule}-09`,
      nb: `Avgiften for «${nb}» er ikke grunnlaget × satsen`,
      en: `The VAT of “${en}” is not its base × its rate`,
      broken: ({ invoice }) =>
        ofCategory(invoice, ({ taxable, tax, category: { percent } }, at) => {
          if (taxable === null || tax === null) return [];
          const expected = percentage(taxable, percent ?? ZERO);
          const tolerance = category.rate === 'positive' || category.rate === 'any' ? LESS_THAN_ONE : 0n;
          const isOff = tax - expected > tolerance || expected - tax > tolerance;
          return where(isOff, `${at}/cbc:TaxAmount`, formatAmount(tax), formatAmount(expected));
        }),
    },
    {
      id: `BR-${rule}-10`,
      nb: `Avgiftskategorien «${nb}» ${category.reason === 'required' ? 'må si' : 'skal ikke ha noen grunn til'} hvorfor det ikke beregnes avgift`,
      en: `The VAT category “${en}” ${category.reason === 'required' ? 'must say' : 'has no reason'} why no VAT is charged`,
      broken: ({ invoice }) =>
        ofCategory(invoice, ({ exemptionReason, exemptionReasonCode }, at) => {
          const hasReason = (exemptionReason ?? exemptionReasonCode) !== null;
          return where(hasReason !== (category.reason === 'required'), `${at}/cac:TaxCategory/cbc:TaxExemptionReason`);
        }),
    },
  ];
}

/** Country prefixes of VAT identifiers that are not ISO country codes. */
const VAT_PREFIX = /^(?:[A-Z]{2}|1A)/;

export const VAT_RULES: readonly Rule[] = [
  ...CATEGORIES.flatMap(categoryRules),
  {
    id: 'BR-IC-11',
    nb: 'Levering i EØS må ha leveringsdato eller fakturaperiode',
    en: 'An intra-community supply must have a date of delivery or a period',
    broken: ({ invoice: { taxSubtotals, delivery, period } }) =>
      where(
        taxSubtotals.some(({ category }) => category.code === 'K') && (delivery?.date ?? period) == null,
        'cac:Delivery/cbc:ActualDeliveryDate',
      ),
  },
  {
    id: 'BR-IC-12',
    nb: 'Levering i EØS må si hvilket land det leveres til',
    en: 'An intra-community supply must say the country of delivery',
    broken: ({ invoice: { taxSubtotals, delivery } }) =>
      where(
        taxSubtotals.some(({ category }) => category.code === 'K') && delivery?.address?.country == null,
        'cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country',
      ),
  },
  {
    id: 'BR-O-11',
    nb: 'Det som er utenfor avgiftsområdet, kan ikke stå sammen med andre avgiftskategorier',
    en: 'What is outside the scope of VAT cannot stand beside other VAT categories',
    broken: ({ invoice }) => {
      const codes = [...invoice.taxSubtotals.map(({ category }) => category), ...invoice.lines.map(({ tax }) => tax)];
      const isMixed = codes.some(({ code }) => code === 'O') && codes.some(({ code }) => code !== 'O');
      return where(isMixed, SUBTOTAL);
    },
  },
  {
    id: 'BR-CO-09',
    nb: 'Avgiftsnummeret må begynne med landet',
    en: 'The VAT identifier must begin with its country',
    broken: ({ invoice: { seller, buyer } }) =>
      (
        [
          [seller.vatId, SELLER],
          [buyer.vatId, BUYER],
        ] as const
      ).flatMap(([id, at]) => where(id !== null && !VAT_PREFIX.test(id), `${at}/cac:PartyTaxScheme/cbc:CompanyID`, id)),
  },
];
