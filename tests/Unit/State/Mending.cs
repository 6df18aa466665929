namespace Codexport.Tests.State;

/// <summary>What a person does by hand when an error advises it.</summary>
internal static class Mending
{
    public static Task MakeReadableAsync(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return Task.CompletedTask;
    }

    public static Task MoveAwayAsync(string path)
    {
        Directory.Move(path, path + ".away");
        return Task.CompletedTask;
    }
}
