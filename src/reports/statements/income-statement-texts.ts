export const INCOME_STATEMENT_TEXTS = {
  title: { nb: 'Resultatregnskap', en: 'Income statement' },
  account: { nb: 'Konto', en: 'Account' },
  total: { nb: 'Sum', en: 'Total' },
  compared: { nb: 'Året før', en: 'Year before' },
  operating_income: { nb: 'Sum driftsinntekter', en: 'Total operating income' },
  operating_expenses: { nb: 'Sum driftskostnader', en: 'Total operating expenses' },
  operating_result: { nb: 'Driftsresultat', en: 'Operating result' },
  financial_items: { nb: 'Netto finansposter', en: 'Net financial items' },
  result_before_tax: { nb: 'Resultat før skattekostnad', en: 'Result before tax' },
  tax: { nb: 'Sum skattekostnad', en: 'Total tax' },
  result_for_the_year: { nb: 'Årsresultat', en: 'Result for the year' },
  result_of_the_range: { nb: 'Resultat for perioden', en: 'Result for the period' },
  appropriated: { nb: 'Sum disponert', en: 'Total appropriated' },
  signs: {
    nb: 'Inntekter og kostnader vises positivt, finanskostnader positivt i sin gruppe. Resultatlinjene er beregnet: inntekt minus kostnad.',
    en: 'Income and costs are positive, financial expenses in their group too. The lines of results are computed: income minus cost.',
  },
} as const;
