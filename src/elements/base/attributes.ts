/** Attributes as Lit's reactive properties, by the dozen: an element names them, and this says what they begin with. */
import type { PropertyDeclaration, PropertyDeclarations, ReactiveElement } from 'lit';

/** What a property is before its attribute is set, and after it is removed: `initial`. */
interface Attribute extends PropertyDeclaration {
  readonly initial: unknown;
}

/** The attribute of a property. */
export const attributeOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Properties by their names, separated by spaces; the attribute of `maxInterval` is `max-interval`. */
export const attributes = (names: string, initial: unknown, more?: PropertyDeclaration): PropertyDeclarations =>
  Object.fromEntries(
    names
      .split(' ')
      .map((name): [string, Attribute] => [name, { attribute: attributeOf(name), useDefault: true, initial, ...more }]),
  );

/** Gives an element under construction what its properties begin with. */
export const initialize = (element: ReactiveElement): void => {
  const { elementProperties } = element.constructor as typeof ReactiveElement;
  for (const [name, declared] of elementProperties) {
    if ('initial' in declared) Object.assign(element, { [name]: declared.initial });
  }
};
