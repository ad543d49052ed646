// What the page or the build gives to scripts besides their imports; for the type checker only.
declare const DOCUMENTATION_OPTIONS: { SHOW_SEARCH_SUMMARY: boolean };
declare const Search: { htmlToText(page: string, anchor?: string): string; _index: Record<string, object> }; // Sphinx's, on the page of results
interface Window {
  Plotly?: any;
  tdPlotly?: any; // the first of its builds that the book has (widgets/ui/plotly.js)
  tdFiles?: { FILES: Record<string, (given: object) => Promise<Blob>> }; // widgets/ui/save/files.js
  tdGuesses?: any[]; // site/book_guesses.py
  tdHandIn?: any; // site/book_hand_in.py
  tdJudge?: any; // site/exercises/judge.js
  tdQr?: any; // site/guesses/qr.js
  tdRules?: string; // site/book_exercises.py
  tdHost?: { experimental: any; script(kind: string): Promise<any>; stateOf(kind: string): Promise<any>; letGo(place: Element): void }; // site/host.js
}
declare module "*.css" {
  const text: string;
  export default text;
}
declare module "worker:*" {
  const script: string; // site/bundle.mjs
  export default script;
}
