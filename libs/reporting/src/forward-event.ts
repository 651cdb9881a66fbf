/** What is told to others: `session-end` is a provider's end-of-session report. */
export const forwardEvents = ['call-report', 'delivery-event', 'session-end'] as const;

export type ForwardEvent = (typeof forwardEvents)[number];
