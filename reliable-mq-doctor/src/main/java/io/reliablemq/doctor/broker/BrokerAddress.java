package io.reliablemq.doctor.broker;

/** A broker that a name server knows. */
record BrokerAddress(String name, long id, String address) {

    boolean isMaster() {
        return id == 0;
    }
}
