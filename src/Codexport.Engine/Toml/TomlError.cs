using Codexport.Engine.Errors;

namespace Codexport.Engine.Toml;

/// <summary>Makes the errors of this folder. None of them repeats a key or a value: what is misplaced may be a secret.</summary>
internal static class TomlError
{
    internal static CodexportException At(string? path, TomlLocation location, string what)
        => Make(path, location, $"{path ?? "The TOML text"} is not valid TOML at line {location.Line}, column {location.Column}: {what}.");

    internal static CodexportException CannotEdit(string? path, TomlLocation location, string what)
        => Make(path, location, $"{path ?? "The TOML text"} cannot be changed as asked: {what}.");

    private static CodexportException Make(string? path, TomlLocation location, string message)
        => new(ErrorCode.TomlInvalid, message, "Correct the file at that place and try again.", path)
        {
            Place = (location.Line, location.Column),
        };
}
