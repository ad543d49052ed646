class InteractiveShell:
    @classmethod
    def initialized(cls):
        return False
