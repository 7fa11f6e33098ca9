/// Regular expressions that match in linear time and whose programs have a bounded size.
@NullMarked
package dev.lateen.regex;

import org.jspecify.annotations.NullMarked;
