int not_an_artifact(void) { return 0; }
