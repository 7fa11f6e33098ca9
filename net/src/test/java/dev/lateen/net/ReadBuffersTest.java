package dev.lateen.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

@SuppressWarnings("deprecation") // Netty's contract for allocators of reads.
class ReadBuffersTest {
    private final RecvByteBufAllocator.Handle one = ReadBuffers.INSTANCE.newHandle();
    private final RecvByteBufAllocator.Handle other = ReadBuffers.INSTANCE.newHandle();

    @Test
    void readsIntoTheSameMemoryOnceItsBytesAreLetGo() {
        ByteBuf first = read(one, 100);
        long address = first.memoryAddress();
        first.release();

        ByteBuf second = read(other, 200);

        assertThat(second.memoryAddress()).isEqualTo(address);
        assertThat(second.readableBytes()).isEqualTo(200);
        second.release();
    }

    @Test
    void leavesBytesAloneThatSomebodyKeeps() {
        ByteBuf kept = read(one, 100);
        kept.setByte(7, 42);

        ByteBuf second = read(other, 100);
        second.setByte(7, 1);

        assertThat(kept.getByte(7)).isEqualTo((byte) 42);
        second.release();
        kept.release();
    }

    @Test
    void leavesBytesAloneOfWhichSomebodyKeepsASlice() {
        ByteBuf whole = read(one, 100);
        whole.setByte(50, 42);
        ByteBuf slice = whole.retainedSlice(50, 10);
        whole.release();

        ByteBuf second = read(one, 100);
        second.setByte(50, 1);

        assertThat(slice.getByte(0)).isEqualTo((byte) 42);
        second.release();
        slice.release();
    }

    @Test
    void readsIntoSmallBuffersWhereBytesAreKept() {
        ByteBuf kept = read(one, 10);

        ByteBuf second = read(one, 10);

        assertThat(second.capacity()).isLessThanOrEqualTo(256);
        second.release();
        kept.release();
    }

    @Test
    void readsMoreAtATimeWhereMoreComes() {
        ByteBuf first = read(one, 4096);
        first.release();

        ByteBuf second = read(one, 4096);

        assertThat(second.capacity()).isGreaterThan(4096);
        second.release();
    }

    private static ByteBuf read(RecvByteBufAllocator.Handle handle, int bytes) {
        EmbeddedChannel channel = new EmbeddedChannel();
        handle.reset(channel.config());
        ByteBuf buffer = handle.allocate(ByteBufAllocator.DEFAULT);
        handle.attemptedBytesRead(buffer.writableBytes());
        buffer.writeZero(bytes);
        handle.lastBytesRead(bytes);
        handle.incMessagesRead(1);
        handle.readComplete();
        return buffer;
    }
}
