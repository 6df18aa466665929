using Codexport.Engine.Errors;

namespace Codexport.Tests;

public sealed class LayoutTests
{
    [Fact]
    public void Engine_ReferencesBaseClassLibraryOnly()
    {
        var foreign = typeof(ErrorCode).Assembly.GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && name != "System" && name != "Microsoft.Win32.Primitives");
        Assert.Empty(foreign);
    }
}
