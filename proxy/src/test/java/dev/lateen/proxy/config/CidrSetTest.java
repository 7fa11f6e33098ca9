package dev.lateen.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrSetTest {
    private static CidrRange range(String text) {
        int slash = text.indexOf('/');
        return CidrRange.of(
                InetAddress.ofLiteral(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0/0, 255.255.255.255, true",
        "0.0.0.0/0, ::1, false",
        "::/0, ffff::1, true",
        "::/0, 1.2.3.4, false",
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/8, 9.255.255.255, false",
        "200.1.2.3/32, 200.1.2.3, true",
        "200.1.2.3/32, 200.1.2.4, false",
        "8000::/1, ffff::, true",
        "8000::/1, 7fff::, false",
        "2001:db8::/64, 2001:db8::ffff:ffff:ffff:ffff, true",
        "2001:db8::/64, 2001:db8:0:1::, false",
        "2001:db8::8000:0:0:0/65, 2001:db8::8000:0:0:1, true",
        "2001:db8::8000:0:0:0/65, 2001:db8::7fff:0:0:1, false",
        "2001:db8::1/128, 2001:db8::1, true",
        "2001:db8::1/128, 2001:db8::2, false"
    })
    void holdsTheAddressesOfItsRanges(String range, String address, boolean inside) {
        assertThat(new CidrSet(List.of(range(range))).contains(InetAddress.ofLiteral(address)))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agreesWithItsRangesOneByOne(long seed) throws UnknownHostException {
        Random random = new Random(seed);
        List<CidrRange> ranges = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            byte[] bytes = bytes(random);
            ranges.add(CidrRange.of(InetAddress.getByAddress(bytes), random.nextInt(bytes.length * 8 + 1) | 3));
        }
        CidrSet set = new CidrSet(ranges);
        int inside = 0;
        for (int i = 0; i < 20_000; i++) {
            InetAddress address = InetAddress.getByAddress(bytes(random));
            boolean wanted = ranges.stream().anyMatch(range -> range.contains(address));
            inside += wanted ? 1 : 0;
            assertThat(set.contains(address)).as("seed %d, %s", seed, address).isEqualTo(wanted);
        }
        assertThat(inside).isBetween(1, 19_999);
    }

    /// Few different values, so that ranges nest and meet.
    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
        int[] values = {0, 1, 127, 128, 254, 255};
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[random.nextInt(values.length)];
        }
        bytes[0] = (byte) random.nextInt(256);
        return bytes;
    }
}
