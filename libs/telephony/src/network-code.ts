/** A mobile network as providers name it: MCC and MNC in five digits. */
export interface Network {
  readonly code: string;
  readonly name: string;
  /** ISO 3166 alpha-2; absent for simulators. */
  readonly country?: string;
  /** Septets of one USSD screen, where it differs from the usual 160. */
  readonly ussdSeptets?: number;
}

const USSD_SEPTETS = 160;
/** 160 octets hold 182 septets (3GPP TS 23.038); Airtel passes them all on. */
const PACKED_USSD_SEPTETS = 182;

const airtel = (code: string, name: string, country: string): Network => ({
  code,
  name,
  country,
  ussdSeptets: PACKED_USSD_SEPTETS,
});

const list: readonly Network[] = [
  { code: '62001', name: 'MTN Ghana', country: 'GH' },
  { code: '62002', name: 'Vodafone Ghana', country: 'GH' },
  // A merged network of its own: nothing says that it takes the longer screens of the other Airtels.
  { code: '62006', name: 'AirtelTigo Ghana', country: 'GH' },
  airtel('62120', 'Airtel Nigeria', 'NG'),
  { code: '62130', name: 'MTN Nigeria', country: 'NG' },
  { code: '62150', name: 'Glo Nigeria', country: 'NG' },
  { code: '62160', name: '9mobile Nigeria', country: 'NG' },
  { code: '63510', name: 'MTN Rwanda', country: 'RW' },
  { code: '63513', name: 'Tigo Rwanda', country: 'RW' },
  airtel('63514', 'Airtel Rwanda', 'RW'),
  { code: '63601', name: 'Ethio Telecom', country: 'ET' },
  { code: '63902', name: 'Safaricom Kenya', country: 'KE' },
  airtel('63903', 'Airtel Kenya', 'KE'),
  { code: '63907', name: 'Telkom Kenya', country: 'KE' },
  { code: '63999', name: 'Equitel Kenya', country: 'KE' },
  { code: '64002', name: 'Tigo Tanzania', country: 'TZ' },
  { code: '64003', name: 'Zantel Tanzania', country: 'TZ' },
  { code: '64004', name: 'Vodacom Tanzania', country: 'TZ' },
  airtel('64005', 'Airtel Tanzania', 'TZ'),
  { code: '64007', name: 'TTCL Tanzania', country: 'TZ' },
  { code: '64009', name: 'Halotel Tanzania', country: 'TZ' },
  airtel('64101', 'Airtel Uganda', 'UG'),
  { code: '64110', name: 'MTN Uganda', country: 'UG' },
  { code: '64111', name: 'UTL Uganda', country: 'UG' },
  { code: '64114', name: 'Africell Uganda', country: 'UG' },
  airtel('64501', 'Airtel Zambia', 'ZM'),
  { code: '64502', name: 'MTN Zambia', country: 'ZM' },
  { code: '65001', name: 'TNM Malawi', country: 'MW' },
  airtel('65010', 'Airtel Malawi', 'MW'),
  { code: '65501', name: 'Vodacom South Africa', country: 'ZA' },
  { code: '65502', name: 'Telkom South Africa', country: 'ZA' },
  { code: '65507', name: 'Cell C South Africa', country: 'ZA' },
  { code: '65510', name: 'MTN South Africa', country: 'ZA' },
  { code: '99999', name: 'Sandbox' },
];

/** The networks that Africa's Talking names in its code list and clients, by code; the list is not closed. */
export const networks: ReadonlyMap<string, Network> = new Map(list.map((network) => [network.code, network]));

/** The network's name, or the code itself where we do not know it. */
export function networkName(networkCode: string): string {
  return networks.get(networkCode)?.name ?? networkCode;
}

/** How many septets one USSD screen holds on this network: 182 on Airtel, 160 elsewhere and where the network is not known. */
export function ussdSeptetsOf(networkCode: string | undefined): number {
  if (networkCode === undefined) return USSD_SEPTETS;
  return networks.get(networkCode)?.ussdSeptets ?? USSD_SEPTETS;
}
