using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Tests.Platform;

public sealed class LastingProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tools/.store/codexport/0.1.0/codexport.linux-x64/0.1.0/tools/any/linux-x64/codexport", "tools/codexport")]
    [InlineData("tools/.store/codexport/0.1.0/codexport/0.1.0/tools/net10.0/any/codexport", "tools/codexport")]
    [InlineData(".store/home/tools/.store/codexport/0.1.0/codexport", ".store/home/tools/codexport")]
    [InlineData("opt/codexport-0.1.0/codexport", "opt/codexport-0.1.0/codexport")]
    [InlineData("tools/store/codexport/0.1.0/codexport", "tools/store/codexport/0.1.0/codexport")]
    public void Find_OfAProgram_IsWhatTheToolManagerKeeps(string program, string expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The tool manager makes a program there, and no link.");
        WriteProgram(program);
        if (program != expected)
        {
            File.CreateSymbolicLink(_folder[expected], _folder[program]);
        }

        Assert.Equal(_folder[expected], LastingProgram.Find(new PhysicalFileSystem(), _folder[program]));
    }

    [Fact]
    public void Find_WhereTheLinkLeadsNowhere_IsTheProgramItself()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The tool manager makes a program there, and no link.");
        const string Program = "tools/.store/codexport/0.1.0/codexport";
        WriteProgram(Program);
        File.CreateSymbolicLink(_folder["tools/codexport"], _folder["tools/.store/codexport/0.0.9/codexport"]);

        Assert.Equal(_folder[Program], LastingProgram.Find(new PhysicalFileSystem(), _folder[Program]));
    }

    private void WriteProgram(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[path])!);
        File.WriteAllText(_folder[path], "#!/bin/sh\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder[path], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }
}
