// The tokens of a sentence for BERT's vocabulary, by the library of Hugging Face. Mirrors real/_wordpiece.py: see there.
import { Tokenizer } from "@huggingface/tokenizers";

const SPECIAL = { "[PAD]": 0, "[UNK]": 100, "[CLS]": 101, "[SEP]": 102, "[MASK]": 103 };
const RARE_IDEOGRAPHS = /[\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

/**
 * A tokenizer from the text of `vocabulary.txt`, a piece a line.
 * @param {string} vocabulary
 * @returns {{ encode: (text: string) => { ids: number[], tokens: string[] } }} [CLS] first and [SEP] last
 */
export function makeTokenizer(vocabulary) {
  const vocab = Object.fromEntries(vocabulary.split("\n").map((piece, place) => [piece, place]));
  const tokenizer = new Tokenizer(configuration(vocab), {});
  return {
    encode(text) {
      const { ids, tokens } = tokenizer.encode(plain(text));
      return { ids, tokens };
    },
  };
}

/** The library joins what Python's does not: an ideograph past U+FFFF with its neighbours; and it writes a last Σ as ς. */
const plain = (text) => text.replace(RARE_IDEOGRAPHS, " $& ").replace(/Σ/g, "σ");

const special_token = (id) => ({ SpecialToken: { id, type_id: 0 } });

/** What stands in BERT's tokenizer.json. */
const configuration = (vocab) => ({
  added_tokens: Object.entries(SPECIAL).map(([content, id]) => ({
    id,
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  })),
  normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: {
    type: "TemplateProcessing",
    single: [special_token("[CLS]"), { Sequence: { id: "A", type_id: 0 } }, special_token("[SEP]")],
    pair: [],
    special_tokens: Object.fromEntries(["[CLS]", "[SEP]"].map((id) => [id, { id, ids: [SPECIAL[id]], tokens: [id] }])),
  },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  model: { type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100, vocab },
});
