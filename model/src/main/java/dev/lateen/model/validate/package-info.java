/// Says what is wrong with resources: alone (`Validator`), together (`ReferenceChecker`), and straight from a file's
/// text (`ResourceReader`).
@NullMarked
package dev.lateen.model.validate;

import org.jspecify.annotations.NullMarked;
