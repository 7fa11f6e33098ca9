/// Small measurements of single decisions on the data path.
@NullMarked
package dev.lateen.bench.micro;

import org.jspecify.annotations.NullMarked;
