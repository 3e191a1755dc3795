export const BALANCE_SHEET_TEXTS = {
  title: { nb: 'Balanse', en: 'Balance sheet' },
  account: { nb: 'Konto', en: 'Account' },
  balance: { nb: 'Saldo', en: 'Balance' },
  unappropriated: { nb: 'Udisponert resultat', en: 'Result not appropriated' },
  assets: { nb: 'Sum eiendeler', en: 'Total assets' },
  liabilities: { nb: 'Sum gjeld', en: 'Total liabilities' },
  both: { nb: 'Sum egenkapital og gjeld', en: 'Total equity and liabilities' },
  sum: { nb: 'Sum', en: 'Total' },
  difference: { nb: 'Differanse', en: 'Difference' },
  signs: {
    nb: 'Eiendeler vises positivt ved debetsaldo, egenkapital og gjeld positivt ved kreditsaldo. Udisponert resultat er beregnet: resultatet hittil i år og av tidligere år som ikke er overført til egenkapital.',
    en: 'Assets are positive with a debit balance, equity and liabilities with a credit balance. The result not appropriated is computed: of this year so far and of earlier years not transferred to equity.',
  },
  narrowed: {
    nb: 'Oppstillingen er begrenset til dimensjoner og går derfor ikke nødvendigvis i balanse.',
    en: 'The statement is narrowed to dimensions and so does not necessarily balance.',
  },
} as const;
