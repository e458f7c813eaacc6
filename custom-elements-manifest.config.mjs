/** Drops what is nobody's business outside a class. */
const publicAlone = () => ({
  name: 'public-alone',
  packageLinkPhase({ customElementsManifest }) {
    const hidden = ({ privacy, name }) => privacy === 'private' || privacy === 'protected' || name?.startsWith('#');
    for (const { declarations } of customElementsManifest.modules) {
      for (const declaration of declarations ?? []) {
        if (declaration.members !== undefined)
          declaration.members = declaration.members.filter((member) => !hidden(member));
      }
    }
  },
});

/** Tells which property an attribute sets: `max-interval` is `maxInterval`, as `attributes()` names them. */
const withFields = () => ({
  name: 'with-fields',
  packageLinkPhase({ customElementsManifest }) {
    for (const { declarations } of customElementsManifest.modules) {
      for (const { attributes = [], members = [] } of declarations ?? []) {
        for (const attribute of attributes) {
          const field = attribute.name.replace(/-./g, ([, letter]) => letter.toUpperCase());
          if (members.some(({ name }) => name === field)) attribute.fieldName = field;
        }
      }
    }
  },
});

/** Names modules as they are published, and the tag that each class defines. */
const asPublished = () => ({
  name: 'as-published',
  packageLinkPhase({ customElementsManifest }) {
    const publish = (text) => text.replace(/^(\/?)src\/(.*)\.ts$/, '$1dist/$2.js');
    const rename = (value) => {
      if (Array.isArray(value)) return value.forEach(rename);
      if (value === null || typeof value !== 'object') return;
      for (const key of ['path', 'module']) if (typeof value[key] === 'string') value[key] = publish(value[key]);
      Object.values(value).forEach(rename);
    };
    rename(customElementsManifest);
    customElementsManifest.modules = customElementsManifest.modules.filter(
      ({ declarations = [], exports = [] }) => declarations.length + exports.length > 0,
    );
    for (const module of customElementsManifest.modules) {
      for (const { tagName, name } of module.declarations ?? []) {
        if (tagName === undefined) continue;
        const declaration = { name, module: module.path };
        module.exports = module.exports.filter(({ kind }) => kind !== 'custom-element-definition');
        module.exports.push({ kind: 'custom-element-definition', name: tagName, declaration });
      }
    }
  },
});

export default {
  globs: ['src/elements/**/*.ts'],
  exclude: ['src/elements/**/view.ts'],
  outdir: 'dist',
  litelement: true,
  packagejson: false,
  quiet: true,
  plugins: [publicAlone(), withFields(), asPublished()],
};
