param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    Import-Module $ModulePath -Force
    $user = Join-Path $TestDrive 'hook user'
    $codex = Join-Path $user '.codex'
    New-Item -ItemType Directory -Force $codex | Out-Null
    [System.IO.File]::WriteAllText("$codex/hooks.json", '{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"echo mine"}]}]}}')
    [System.IO.File]::WriteAllText("$codex/config.toml", "model = `"x`" # mine`n")
    $before = Get-Content -Raw "$codex/hooks.json", "$codex/config.toml"
}

Describe 'the hook' {
    It 'is only announced with -WhatIf' {
        Install-CodexportHook -HomePath $user -WhatIf
        Get-Content -Raw "$codex/hooks.json", "$codex/config.toml" | Should -Be $before
    }

    It 'is installed in front, trusted, and once' {
        $result = Install-CodexportHook -HomePath $user -PassThru -WarningAction SilentlyContinue
        $result.Changed | Should -BeTrue
        (Install-CodexportHook -HomePath $user -PassThru -WarningAction SilentlyContinue).Changed | Should -BeFalse
        $hooks = (Get-Content -Raw "$codex/hooks.json" | ConvertFrom-Json).hooks.SessionStart
        $hooks.Count | Should -Be 2
        $hooks[0].hooks[0].command | Should -Match 'Sync-CodexportFollower -Quick'
        $hooks[0].matcher | Should -Be 'startup|resume|clear'
        $status = Get-CodexportHook -HomePath $user
        $status.Installed -and $status.First -and $status.Trusted -and $status.Enabled | Should -BeTrue
    }

    It 'runs as it is written and stays silent where no master is followed' {
        $command = (Get-CodexportHook -HomePath $user).Command
        $command | Should -BeLike "*$user*"
        $saved = $env:PSModulePath
        try {
            $env:PSModulePath = Split-Path $ModulePath
            $output = if ($IsWindows) { cmd /c $command } else { sh -c $command }
            $LASTEXITCODE | Should -Be 0
            $output | Should -BeNullOrEmpty
        } finally {
            $env:PSModulePath = $saved
        }
    }

    It 'leaves both files as they were' {
        (Uninstall-CodexportHook -HomePath $user -PassThru).Changed | Should -BeTrue
        Get-Content -Raw "$codex/hooks.json", "$codex/config.toml" | Should -Be $before
        (Get-CodexportHook -HomePath $user).Installed | Should -BeFalse
    }
}

Describe 'the shell integration' {
    It 'comes once and goes' {
        $first = Install-CodexportShellIntegration -HomePath $user -PassThru -Shell Bash
        $first.Changed | Should -BeTrue
        (Install-CodexportShellIntegration -HomePath $user -PassThru -Shell Bash).Changed | Should -BeFalse
        (Get-CodexportShellIntegration -HomePath $user | Where-Object Shell -EQ Bash).Installed | Should -BeTrue
        (Uninstall-CodexportShellIntegration -HomePath $user -PassThru -Shell Bash).Changed | Should -BeTrue
        Test-Path "$user/.bashrc" | Should -BeFalse
    }
}

Describe 'the diagnosis' {
    It 'gives typed findings, and a boolean with -Quiet' {
        $findings = Test-CodexportInstallation -HomePath $user
        $findings.Name | Should -Contain 'configuration'
        $findings[0].GetType().FullName | Should -Be 'Codexport.Engine.Results.DiagnosticFinding'
        Test-CodexportInstallation -HomePath $user -Quiet | Should -BeOfType [bool]
    }
}
