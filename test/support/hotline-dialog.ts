/** A dialog for calls that plays, puts through and records, which the demo does not. */
export const hotline = `
dialog: hotline
start: greeting
steps:
  greeting: { play: 'https://audio.example.com/welcome.mp3', go: home }
  home:
    menu: The office
    options:
      - { label: Speak to us, go: desk }
      - { label: Leave a message, go: message }
  desk: { transfer: '+254711082001', otherwise: busy }
  busy: { say: Nobody is free., go: home }
  message: { record: 'Please speak after the tone.', maxSeconds: 60, save: message, go: thanks, otherwise: write }
  thanks: { end: 'We have {{ message }} from you.' }
  write: { end: Please send an SMS. }
`;
