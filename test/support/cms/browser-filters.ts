/**
 * The filters that run in a browser: TinyMCE, and marked with DOMPurify behind it, as their packages ship them. Each
 * takes snippets and gives what it leaves of them. Knows no widget, and no table of the guide.
 */
import type { Page } from '@playwright/test';
import type dompurify from 'dompurify';
import type { parse } from 'marked';
import type { TinyMCE } from 'tinymce';
import { snippetOf } from './guide.js';

export type Filter = (snippets: readonly string[]) => Promise<string[]>;

declare global {
  interface Window {
    tinymce: TinyMCE;
    DOMPurify: typeof dompurify;
    marked: { readonly parse: typeof parse };
    /** What the guide tells to do with Markdown. */
    documented: (markdown: string) => string;
  }
}

/** An address with folders in it, so that a filter that rewrites addresses is found out. */
const EDITOR = 'http://site.example/admin/edit';

const SCRIPTS = [
  'tinymce/tinymce.min.js',
  'tinymce/icons/default/icons.min.js',
  'tinymce/models/dom/model.min.js',
  'tinymce/themes/silver/theme.min.js',
  'tinymce/plugins/code/plugin.min.js',
  'marked/lib/marked.umd.js',
  'dompurify/dist/purify.js',
];

/** Makes a page one in which the filters below run. */
export const openEditorPage = async (page: Page): Promise<void> => {
  await page.route('http://site.example/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><meta charset="utf-8"><body></body>' }),
  );
  await page.goto(EDITOR);
  for (const path of SCRIPTS) await page.addScriptTag({ path: `node_modules/${path}` });
};

/** What `tinymce.init` is given: names and plain values. */
export type EditorOptions = Readonly<Record<string, string | boolean | string[]>>;

/** The options of `tinymce.init` in the guide. */
export const documentedEditorOptions = (page: Page): Promise<EditorOptions> =>
  page.evaluate<EditorOptions>(
    `(() => { let given; const tinymce = { init: (options) => { given = options; } }; ${snippetOf('tinymce-options')}; return given; })()`,
  );

/** How HTML comes into an editor. */
export type Entry = 'set' | 'paste' | 'source';

/**
 * TinyMCE: what it hands to the CMS after the snippet was entered, saved, opened again and saved again. Throws where the
 * second round changes anything.
 */
export const throughTinyMce =
  (page: Page, options: EditorOptions = {}, entry: Entry = 'set'): Filter =>
  (snippets) =>
    page.evaluate(
      async ([given, more, how]) => {
        const area = document.createElement('textarea');
        document.body.replaceChildren(area);
        const { selector: _, ...wanted } = more;
        const [editor] = await window.tinymce.init({
          license_key: 'gpl',
          skin: false,
          content_css: false,
          promotion: false,
          plugins: 'code',
          ...wanted,
          target: area,
        });
        if (editor === undefined) throw new Error('TinyMCE did not start.');
        /** Through the dialog of the source view, by its own button. */
        const typeSource = (html: string): void => {
          editor.execCommand('mceCodeEditor');
          const source = document.querySelector<HTMLTextAreaElement>('.tox-dialog textarea');
          const save = document.querySelector<HTMLButtonElement>('.tox-dialog__footer button[data-mce-name="Save"]');
          if (source === null || save === null) throw new Error('TinyMCE has no dialog for the source.');
          source.value = html;
          source.dispatchEvent(new Event('input', { bubbles: true }));
          save.click();
        };
        const enter = (html: string): void => {
          editor.setContent('');
          if (how === 'paste') editor.execCommand('mceInsertClipboardContent', false, { html });
          else if (how === 'source') typeSource(html);
          else editor.setContent(html);
        };
        const left = given.map((html) => {
          enter(html);
          const first = editor.getContent();
          editor.setContent(first);
          const second = editor.getContent();
          if (second !== first) throw new Error(`TinyMCE changed what it had saved itself: ${first} became ${second}`);
          return first;
        });
        editor.destroy();
        return left;
      },
      [snippets, options, entry] as const,
    );

/** A Markdown renderer that lets HTML through, and no sanitizer behind it. */
export const throughMarkdown =
  (page: Page): Filter =>
  (snippets) =>
    page.evaluate((given) => given.map((html) => window.marked.parse(html, { async: false })), snippets);

/** The same, and DOMPurify behind it. */
export const throughSanitizer =
  (page: Page, options: Parameters<typeof dompurify.sanitize>[1] = {}): Filter =>
  (snippets) =>
    page.evaluate(
      ([given, more]) =>
        given.map((html) => window.DOMPurify.sanitize(window.marked.parse(html, { async: false }), more)),
      [snippets, options] as const,
    );

/** The same, as the guide tells to do it: what stands there runs here. */
export const throughDocumentedSanitizer =
  (page: Page): Filter =>
  async (snippets) => {
    await page.evaluate(`window.documented = (markdown) => { ${snippetOf('markdown-options')}; return html; }`);
    return page.evaluate((given) => given.map((html) => window.documented(html)), snippets);
  };
