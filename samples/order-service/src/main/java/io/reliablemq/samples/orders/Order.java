package io.reliablemq.samples.orders;

/**
 * An order, as the client sends it, as it is stored, and as the message that tells of it.
 *
 * @param id chosen by the client, so that a client without an answer can ask again with the same one
 */
record Order(String id, String item, int quantity, String customer) {

    Order {
        requireText("id", id);
        requireText("item", item);
        requireText("customer", customer);
        if (quantity < 1) {
            throw new IllegalArgumentException("quantity is " + quantity + ": order at least 1");
        }
    }

    @SuppressWarnings("ConstantValue") // JSON may leave it out
    private static void requireText(String name, String value) {
        if (value == null || value.isBlank() || value.length() > 64) {
            throw new IllegalArgumentException(name + " is \"" + value + "\": give 1 to 64 characters");
        }
    }
}
