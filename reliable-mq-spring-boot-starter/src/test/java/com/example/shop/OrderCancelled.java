package com.example.shop;

/** In a guide. */
public record OrderCancelled(String id) {}
