"""The material map: stations and lanes, answers to a failed station, reroutes and their way back."""
