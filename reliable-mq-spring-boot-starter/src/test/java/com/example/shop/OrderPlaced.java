package com.example.shop;

/** In a guide. */
public record OrderPlaced(String id) {}
