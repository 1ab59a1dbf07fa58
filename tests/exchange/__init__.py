"""Tests of exchange/: tables from files and into files."""
