/** The texts that every dialog has without writing them; each may be replaced under `phrases`. */
export const builtInPhrases = {
  invalid: 'That is not one of the choices.',
  invalidAnswer: 'That does not look right.',
  more: 'More',
  back: 'Back',
  home: 'Home',
  resume: 'Continue where you stopped?',
  continue: 'Continue',
  startAgain: 'Start again',
  restarted: 'Sorry, we lost your place.',
  busy: 'The service is busy. Please try again.',
  unavailable: 'The service is not available right now. Please try again later.',
  notServed: 'This service is not available.',
  goodbye: 'Thank you. Goodbye.',
  press: 'For {{ label }}, press {{ n }}.',
  noInput: 'I did not hear anything.',
} as const;

export type PhraseName = keyof typeof builtInPhrases;

export const phraseNames = Object.keys(builtInPhrases) as readonly PhraseName[];
