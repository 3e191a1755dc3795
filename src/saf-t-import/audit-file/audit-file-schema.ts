/**
 * The elements of SAF-T Financial 1.20, 1.30 and 1.40 as one tree: allowed children, the field of each value, and
 * mandatory elements. The order of siblings is not checked. Text limits are those of 1.30. Source: the official schemas
 * (namespace urn:StandardAuditFile-Taxation-Financial:NO).
 */
export type LeafType = 'text' | 'amount' | 'date' | 'dateTime' | 'integer' | 'decimal' | 'boolean';

export interface Leaf {
  form: 'leaf';
  key: string;
  type: LeafType;
  /** Longest text, or most decimals. */
  max: number;
  many: boolean;
  values: readonly string[] | null;
}

export interface Group {
  form: 'group';
  /**
   * The field of the parent's record for this one; null if the record is emitted separately or the element is only a
   * frame.
   */
  key: string | null;
  many: boolean;
  children: Map<string, Node>;
  /** Mandatory elements (or `A|B` for a choice), and expected ones. */
  required: readonly Demand[];
  expected: readonly Demand[];
  /** Name of the record that is emitted when the element closes. */
  record: string | null;
  make: ((at: number) => Record<string, unknown>) | null;
}

/** In the schema but not read. `isReported`: a warning if it is not empty. */
export interface Skip {
  form: 'skip';
  isReported: boolean;
}

export type Node = Leaf | Group | Skip;

export interface Demand {
  element: string;
  keys: readonly string[];
}

const leaf = (key: string, type: LeafType, max: number, options: Partial<Leaf> = {}): Leaf => ({
  form: 'leaf',
  key,
  type,
  max,
  many: false,
  values: null,
  ...options,
});
const code = (key: string, options?: Partial<Leaf>): Leaf => leaf(key, 'text', 9, options);
const short = (key: string, options?: Partial<Leaf>): Leaf => leaf(key, 'text', 18, options);
const mid1 = (key: string, options?: Partial<Leaf>): Leaf => leaf(key, 'text', 35, options);
const mid2 = (key: string, options?: Partial<Leaf>): Leaf => leaf(key, 'text', 70, options);
const long = (key: string, options?: Partial<Leaf>): Leaf => leaf(key, 'text', 256, options);
const notes = (key: string): Leaf => leaf(key, 'text', 100_000);
const amount = (key: string): Leaf => leaf(key, 'amount', 2);
const date = (key: string): Leaf => leaf(key, 'date', 10);
const integer = (key: string): Leaf => leaf(key, 'integer', 9);
const decimal = (key: string, decimals = 18, options?: Partial<Leaf>): Leaf => leaf(key, 'decimal', decimals, options);
const flag = (key: string): Leaf => leaf(key, 'boolean', 5);
const skip: Skip = { form: 'skip', isReported: false };
const skipReported: Skip = { form: 'skip', isReported: true };

interface GroupOptions {
  many?: boolean;
  required?: Record<string, string>;
  expected?: Record<string, string>;
  record?: string;
  make?: (at: number) => Record<string, unknown>;
}

function group(key: string | null, children: Record<string, Node>, options: GroupOptions = {}): Group {
  return {
    form: 'group',
    key,
    many: options.many ?? false,
    children: new Map(Object.entries(children)),
    required: demands(options.required),
    expected: demands(options.expected),
    record: options.record ?? null,
    make: options.make ?? null,
  };
}

function demands(wanted: Record<string, string> = {}): Demand[] {
  return Object.entries(wanted).map(([element, keys]) => ({ element, keys: keys.split('|') }));
}

const address = group(
  'addresses',
  {
    StreetName: long('streetName'),
    Number: mid2('number'),
    AdditionalAddressDetail: long('additionalDetail'),
    Building: mid1('building'),
    City: long('city'),
    PostalCode: mid2('postalCode'),
    Region: long('region'),
    Country: code('country'),
    AddressType: leaf('type', 'text', 35, {
      values: ['StreetAddress', 'PostalAddress', 'BillingAddress', 'ShipToAddress', 'ShipFromAddress'],
    }),
  },
  { many: true },
);

const contact = group(
  'contacts',
  {
    ContactPerson: group('person', {
      Title: code('title'),
      FirstName: mid1('firstName'),
      Initials: short('initials'),
      LastNamePrefix: short('lastNamePrefix'),
      LastName: mid2('lastName'),
      BirthName: mid2('birthName'),
      Salutation: short('salutation'),
      OtherTitles: short('otherTitles', { many: true }),
    }),
    Telephone: short('telephone'),
    Fax: short('fax'),
    Email: mid2('email'),
    Website: long('website'),
    MobilePhone: short('mobilePhone'),
  },
  { many: true },
);

const company: Record<string, Node> = {
  RegistrationNumber: mid1('registrationNumber'),
  Name: long('name'),
  Address: address,
  Contact: contact,
  TaxRegistration: group(
    'taxRegistrations',
    {
      TaxRegistrationNumber: mid1('number'),
      TaxType: code('type'),
      TaxNumber: mid1('taxNumber'),
      TaxAuthority: mid1('authority', { values: ['Skatteetaten'] }),
      TaxVerificationDate: date('verificationDate'),
    },
    { many: true },
  ),
  BankAccount: group(
    'bankAccounts',
    {
      IBANNumber: mid1('iban'),
      BankAccountNumber: mid1('number'),
      BankAccountName: mid2('name'),
      SortCode: short('sortCode'),
      BIC: short('bic'),
      CurrencyCode: code('currencyCode'),
      GeneralLedgerAccountID: mid2('accountId'),
    },
    { many: true },
  ),
};

const money = (key: string): Group =>
  group(
    key,
    {
      Amount: amount('amount'),
      CurrencyCode: code('currencyCode'),
      CurrencyAmount: decimal('currencyAmount'),
      ExchangeRate: decimal('exchangeRate'),
      VirtualCurrencyType: leaf('virtualCurrencyType', 'text', 256),
      Country: code('country'),
    },
    {
      required: { Amount: 'amount' },
      make: (at) => ({ at, amount: null, currencyCode: null, currencyAmount: null, exchangeRate: null }),
    },
  );

const nokTax = (key: string): Group => group(key, { NOKAmount: amount('amount'), NOKTaxBase: decimal('base') });

const balances: Record<string, Node> = {
  OpeningDebitBalance: amount('openingDebit'),
  OpeningCreditBalance: amount('openingCredit'),
  ClosingDebitBalance: amount('closingDebit'),
  ClosingCreditBalance: amount('closingCredit'),
};
const balancesRequired = {
  'OpeningDebitBalance|OpeningCreditBalance': 'openingDebit|openingCredit',
  'ClosingDebitBalance|ClosingCreditBalance': 'closingDebit|closingCredit',
};

const analysisReference = group('analysis', { AnalysisType: code('type'), AnalysisID: long('id') }, { many: true });

const party = (record: 'customer' | 'supplier', idElement: string): Group =>
  group(
    null,
    {
      ...company,
      ...balances,
      [idElement]: mid1('id'),
      SelfBillingIndicator: code('selfBilling'),
      AccountID: mid2('accountId'),
      BalanceAccount: group('balanceAccounts', { AccountID: mid2('accountId'), ...balances }, { many: true }),
      PartyInfo: group('info', {
        PaymentTerms: group('paymentTerms', {
          Days: integer('days'),
          Months: integer('months'),
          CashDiscountDays: integer('cashDiscountDays'),
          CashDiscountRate: decimal('cashDiscountRate'),
          FreeBillingMonth: flag('freeBillingMonth'),
        }),
        NaceCode: short('naceCode'),
        CurrencyCode: code('currencyCode'),
        Type: mid1('type', { values: ['Private', 'Company', 'Government'] }),
        Status: mid1('status', { values: ['Active', 'Observation', 'Passive'] }),
        Analysis: analysisReference,
        Notes: notes('notes'),
      }),
    },
    { record, required: { [idElement]: 'id' }, expected: { Name: 'name' } },
  );

const line = group(
  'lines',
  {
    RecordID: short('recordId'),
    AccountID: mid2('accountId'),
    Analysis: group(
      'analysis',
      {
        AnalysisType: code('type'),
        AnalysisID: long('id'),
        AnalysisAmount: money('amount'),
        DebitAnalysisAmount: money('debit'),
        CreditAnalysisAmount: money('credit'),
      },
      {
        many: true,
        required: { AnalysisType: 'type', AnalysisID: 'id' },
        make: (at) => ({ at, type: null, id: null, amount: null, debit: null, credit: null }),
      },
    ),
    ValueDate: date('valueDate'),
    SourceDocumentID: mid1('sourceDocumentId'),
    CustomerID: mid1('customerId'),
    SupplierID: mid1('supplierId'),
    Description: long('description'),
    DebitAmount: money('debit'),
    CreditAmount: money('credit'),
    TaxInformation: group(
      'tax',
      {
        TaxType: code('type', { values: ['MVA'] }),
        TaxCode: mid2('code'),
        TaxPercentage: decimal('percentage'),
        Country: code('country'),
        TaxBase: decimal('base'),
        TaxBaseDescription: mid2('baseDescription'),
        TaxAmount: money('amount'),
        DebitTaxAmount: money('debit'),
        CreditTaxAmount: money('credit'),
        DebitNOKTaxAmount: nokTax('debitNok'),
        CreditNOKTaxAmount: nokTax('creditNok'),
        TaxExemptionReason: mid2('exemptionReason'),
        TaxDeclarationPeriod: mid1('declarationPeriod'),
      },
      {
        many: true,
        expected: { TaxCode: 'code', 'DebitTaxAmount|CreditTaxAmount': 'amount|debit|credit' },
        make: (at) => ({
          at,
          type: null,
          code: null,
          percentage: null,
          country: null,
          base: null,
          baseDescription: null,
          amount: null,
          debit: null,
          credit: null,
          debitNok: null,
          creditNok: null,
          exemptionReason: null,
          declarationPeriod: null,
        }),
      },
    ),
    ReferenceNumber: mid1('referenceNumber'),
    CID: mid1('cid'),
    DueDate: date('dueDate'),
    Quantity: decimal('quantity'),
    CrossReference: mid1('crossReference'),
    SystemEntryTime: leaf('systemEntryTime', 'dateTime', 35),
    OwnerID: mid1('ownerId'),
  },
  {
    many: true,
    required: { RecordID: 'recordId', AccountID: 'accountId', 'DebitAmount|CreditAmount': 'debit|credit' },
    expected: { Description: 'description' },
    make: (at) => ({
      at,
      recordId: null,
      accountId: null,
      analysis: null,
      valueDate: null,
      sourceDocumentId: null,
      customerId: null,
      supplierId: null,
      description: null,
      debit: null,
      credit: null,
      tax: null,
      referenceNumber: null,
      cid: null,
      dueDate: null,
      quantity: null,
      crossReference: null,
      systemEntryTime: null,
      ownerId: null,
    }),
  },
);

const transaction = group(
  null,
  {
    TransactionID: mid2('id'),
    Period: integer('period'),
    PeriodYear: integer('periodYear'),
    TransactionDate: date('date'),
    SourceID: mid1('sourceId'),
    VoucherType: mid2('voucherType'),
    VoucherDescription: mid2('voucherDescription'),
    TransactionType: short('type'),
    Description: long('description'),
    BatchID: mid1('batchId'),
    SystemEntryDate: date('systemEntryDate'),
    GLPostingDate: date('postingDate'),
    ModificationDate: date('modificationDate'),
    CustomerID: mid1('customerId'),
    SupplierID: mid1('supplierId'),
    SystemID: short('systemId'),
    Line: line,
  },
  {
    record: 'transaction',
    required: { TransactionID: 'id', 'TransactionDate|GLPostingDate': 'date|postingDate' },
    expected: {
      Period: 'period',
      PeriodYear: 'periodYear',
      TransactionDate: 'date',
      Description: 'description',
      SystemEntryDate: 'systemEntryDate',
      GLPostingDate: 'postingDate',
    },
    make: (at) => ({
      at,
      kind: 'transaction',
      journal: null,
      id: null,
      period: null,
      periodYear: null,
      date: null,
      sourceId: null,
      voucherType: null,
      voucherDescription: null,
      type: null,
      description: null,
      batchId: null,
      systemEntryDate: null,
      postingDate: null,
      modificationDate: null,
      customerId: null,
      supplierId: null,
      systemId: null,
      lines: [],
    }),
  },
);

const header = group(
  null,
  {
    AuditFileVersion: code('version'),
    AuditFileCountry: code('country'),
    AuditFileRegion: code('region'),
    AuditFileDateCreated: date('created'),
    SoftwareCompanyName: mid2('softwareCompany'),
    SoftwareID: long('softwareId'),
    SoftwareVersion: short('softwareVersion'),
    Company: group('company', company, {
      required: { RegistrationNumber: 'registrationNumber', Name: 'name' },
      expected: { Contact: 'contacts' },
    }),
    DefaultCurrencyCode: code('currency'),
    SelectionCriteria: group('selection', {
      TaxReportingJurisdiction: mid1('jurisdiction'),
      CompanyEntity: mid2('companyEntity'),
      SelectionStartDate: date('startDate'),
      SelectionEndDate: date('endDate'),
      PeriodStart: integer('periodStart'),
      PeriodStartYear: integer('periodStartYear'),
      PeriodEnd: integer('periodEnd'),
      PeriodEndYear: integer('periodEndYear'),
      DocumentType: long('documentType'),
      OtherCriteria: long('otherCriteria', { many: true }),
    }),
    HeaderComment: long('comment'),
    TaxAccountingBasis: short('taxAccountingBasis', { values: ['A'] }),
    TaxEntity: mid2('taxEntity'),
    UserID: long('userId'),
    AuditFileSender: group('sender', company),
  },
  {
    record: 'header',
    required: { AuditFileVersion: 'version', Company: 'company', DefaultCurrencyCode: 'currency' },
    expected: {
      AuditFileCountry: 'country',
      AuditFileDateCreated: 'created',
      SoftwareCompanyName: 'softwareCompany',
      SoftwareID: 'softwareId',
      SoftwareVersion: 'softwareVersion',
      TaxAccountingBasis: 'taxAccountingBasis',
    },
  },
);

const account = group(
  null,
  {
    AccountID: mid2('id'),
    AccountDescription: long('description'),
    StandardAccountID: mid1('standardId'),
    GroupingCategory: long('groupingCategory'),
    GroupingCode: mid1('groupingCode'),
    AccountType: short('type', { values: ['GL'] }),
    AccountCreationDate: date('created'),
    ...balances,
  },
  {
    record: 'account',
    required: { AccountID: 'id', ...balancesRequired },
    expected: { AccountDescription: 'description', AccountType: 'type' },
  },
);

const taxCodeDetails = group(
  null,
  {
    TaxCode: mid2('code'),
    EffectiveDate: date('effective'),
    ExpirationDate: date('expires'),
    Description: long('description'),
    TaxPercentage: decimal('percentage'),
    FlatTaxRate: money('flatRate'),
    Country: code('country'),
    Region: code('region'),
    StandardTaxCode: mid1('standardCode'),
    Compensation: flag('compensation'),
    BaseRate: decimal('baseRates', 18, { many: true }),
  },
  { record: 'taxCode', required: { TaxCode: 'code' } },
);

const analysisEntry = group(
  null,
  {
    AnalysisType: code('type'),
    AnalysisTypeDescription: long('typeDescription'),
    AnalysisID: long('id'),
    AnalysisIDDescription: long('description'),
    StartDate: date('startDate'),
    EndDate: date('endDate'),
    Status: mid1('status', { values: ['Active', 'Closed', 'Observation', 'Passive'] }),
    Analysis: group('parents', { AnalysisType: code('type'), AnalysisID: long('id') }, { many: true }),
  },
  {
    record: 'analysis',
    required: { AnalysisType: 'type', AnalysisID: 'id' },
    expected: { AnalysisTypeDescription: 'typeDescription', AnalysisIDDescription: 'description' },
  },
);

const owner = group(
  null,
  { ...company, OwnerID: mid1('id'), AccountID: mid2('accountIds', { many: true }) },
  { record: 'owner', expected: { Name: 'name' } },
);

const entries = group(
  null,
  {
    NumberOfEntries: leaf('entries', 'integer', 15),
    TotalDebit: amount('debit'),
    TotalCredit: amount('credit'),
    Journal: group(
      null,
      { JournalID: short('id'), Description: long('description'), Type: code('type'), Transaction: transaction },
      { record: 'journal', required: { JournalID: 'id' }, expected: { Description: 'description', Type: 'type' } },
    ),
  },
  { record: 'totals', required: { NumberOfEntries: 'entries', TotalDebit: 'debit', TotalCredit: 'credit' } },
);

export const AUDIT_FILE = group(null, {
  Header: header,
  MasterFiles: group(
    null,
    {
      GeneralLedgerAccounts: group(null, { Account: account }),
      Taxonomies: skip,
      Customers: group(null, { Customer: party('customer', 'CustomerID') }),
      Suppliers: group(null, { Supplier: party('supplier', 'SupplierID') }),
      TaxTable: group(null, {
        TaxTableEntry: group(null, {
          TaxType: code('type', { values: ['MVA'] }),
          Description: long('description'),
          TaxCodeDetails: taxCodeDetails,
        }),
      }),
      UOMTable: skip,
      AnalysisTypeTable: group(null, { AnalysisTypeTableEntry: analysisEntry }),
      MovementTypeTable: skip,
      Products: skipReported,
      PhysicalStock: skipReported,
      Owners: group(null, { Owner: owner }),
      Assets: skipReported,
    },
    { record: 'mastersEnd' },
  ),
  GeneralLedgerEntries: entries,
  SourceDocuments: skipReported,
});
