param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMasterHome (Join-Path $TestDrive 'master')
    $token = 'ghp_' + 'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2'
    New-Item -ItemType Directory -Force "$master/.codexport/groups/lab" | Out-Null
    Set-Content "$master/.codexport/groups/lab/AGENTS.md" 'of the lab'
}

Describe 'Compare-CodexportBundle' {
    It 'says so when nothing would go out' {
        Update-CodexportBundle -HomePath $master
        $result = Compare-CodexportBundle -HomePath $master
        $result.State | Should -Be 'Current'
        $result.Changes.Count | Should -Be 0
    }

    It 'shows what would go out, MCP servers before the rest, and publishes nothing' {
        Set-Content $master/.codex/AGENTS.md 'of the team'
        Add-Content $master/.codex/config.toml "`n[mcp_servers.docs]`ncommand = 'docs'"
        $before = (Get-CodexportBundle -HomePath $master).Count
        $result = Compare-CodexportBundle -HomePath $master
        $result.State | Should -Be 'Ready'
        $result.Changes.Path | Should -Be 'config.toml', 'AGENTS.md'
        $result.Changes[0].Key | Should -Be 'mcp_servers.docs'
        (Get-CodexportBundle -HomePath $master).Count | Should -Be $before
    }

    It 'warns of what the scan found, without the token' {
        Add-Content $master/.codex/AGENTS.md $token
        $result = Compare-CodexportBundle -HomePath $master -WarningVariable warnings -WarningAction SilentlyContinue
        $result.State | Should -Be 'Held'
        $result.Findings.Count | Should -Be 1
        $result.Findings[0].Rule | Should -Be 'LiteralToken'
        $result.Findings[0].Line | Should -Be 2
        $warnings | Should -BeLike '*literal-token*'
        "$warnings" | Should -Not -BeLike "*$token*"
    }

    It 'shows what the followers of a group would get, and completes its name' {
        Set-Content "$master/.codexport/groups/lab/AGENTS.md" 'of the lab, again'
        (Compare-CodexportBundle lab -HomePath $master -WarningAction Ignore).Group | Should -Be 'lab'
        Get-Completion "Compare-CodexportBundle -HomePath '$master' -Group " | Should -Be 'lab'
        Assert-Error (Get-ErrorOf { Compare-CodexportBundle other -HomePath $master }) 'Compare-CodexportBundle' 'GroupNotFound' 'ObjectNotFound' 'other'
    }

    It 'writes what the program prints' {
        Assert-SameJson (Compare-CodexportBundle -HomePath $master -WarningAction Ignore) (Get-ProgramJson $ProgramPath $master 'master', 'diff')
    }

    It 'has a table and a list' {
        $result = Compare-CodexportBundle -HomePath $master -WarningAction Ignore
        Assert-View $result 'Codexport.Engine.Results.BundleCompareResult'
        Assert-View $result.Findings 'Codexport.Engine.Results.ScanFinding'
        Assert-View (Get-CodexportStatus -HomePath $master -WarningAction Ignore) 'Codexport.Engine.Results.StatusResult'
    }

    It 'needs a master' {
        $none = Join-Path $TestDrive 'none'
        Assert-Error (Get-ErrorOf { Compare-CodexportBundle -HomePath $none }) 'Compare-CodexportBundle' 'NotMaster' 'InvalidOperation' (Join-Path $none '.codexport')
    }
}
