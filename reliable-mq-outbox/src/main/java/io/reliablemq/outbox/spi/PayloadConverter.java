package io.reliablemq.outbox.spi;

/**
 * Turns a payload into bytes, at the call of {@code send}, so that later changes of the object do not matter.
 *
 * <p><b>Thread</b>: safe for use by any thread.
 */
public interface PayloadConverter {

    /** @throws RuntimeException when the payload cannot be converted; the send is refused and names its type */
    Converted convert(Object payload);

    /** @param contentType media type, for example {@code application/json} */
    @SuppressWarnings("ArrayRecordComponent") // handed over, not shared
    record Converted(byte[] bytes, String contentType) {}
}
