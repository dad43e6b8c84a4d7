"""What a verification says: verdicts, causes and findings, as text, JSON, JUnit XML, HTML and figures."""
