/// Costs of single steps, measured by JMH. Benchmarks of what is private to a package live in that package. Entry:
/// `Jmh`.
@NullMarked
package dev.lateen.bench.jmh;

import org.jspecify.annotations.NullMarked;
